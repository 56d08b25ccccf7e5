package usage

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/bundle"
	"whyport/report/format"
	"whyport/report/outfile"
	"whyport/report/page"
	"whyport/report/redact"
	"whyport/report/ticket"
	"whyport/services"
)

// checkBundle refuses what a bundle can't be made with. A bundle is always redacted.
func checkBundle(c *cli.Context, f format.Format) error {
	name := c.String("bundle")
	switch {
	case name == "":
		return nil
	case strings.ToLower(filepath.Ext(name)) != ".zip":
		return New("type a name that ends in .zip: --bundle whyport.zip", "the bundle is a zip file, and its name does not say so")
	case f.Streams():
		return Exclusive("--bundle", "--format "+f.Name)
	}
	return nil
}

// Bundle writes the file that --bundle names, if it does.
func Bundle(c *cli.Context, names *services.Registry, run *probe.Run, hide *redact.Redactor, standard *os.File) error {
	if c.String("bundle") == "" {
		return nil
	}
	out, err := outfile.Open(c.Context, c.String("bundle"), standard)
	if err != nil {
		return err
	}
	shown := hide.Run(run)
	doc := report.NewView(shown, names, Version())
	files := []bundle.File{
		{Name: "report.txt", Write: func(w io.Writer) error { return page.Table(w, doc, page.Style{Width: 100, Verbose: true}) }},
		{Name: "report.json", Write: func(w io.Writer) error {
			return (&format.Writer{Format: format.Find(format.JSON), Out: w, Names: names, Tool: Version()}).Finish(shown)
		}},
		{Name: "ticket.md", Write: func(w io.Writer) error { return ticket.Write(w, doc, "markdown") }},
		{Name: "version.txt", Write: func(w io.Writer) error { _, err := io.WriteString(w, "whyport "+Version()+"\n"); return err }},
	}
	if err := bundle.Write(c.Context, out.File, run.Started, append(files, evidenceOf(shown)...), hide.Text); err != nil {
		out.Discard()
		return err
	}
	return out.Commit()
}

// maxEvidence bounds the ports whose evidence is in a bundle: those of more are found again by their kind.
const maxEvidence = 64

// evidenceOf is what was seen of each port, as the judge's tests keep it (probe/verdict/testdata).
func evidenceOf(run *probe.Run) (files []bundle.File) {
	for i := range run.Targets {
		t := &run.Targets[i]
		for _, r := range t.Results[:min(len(t.Results), maxEvidence-len(files))] {
			c := verdict.Record("a user's bundle", r.Port, t.Hosts[r.Port.Addr])
			files = append(files, bundle.File{
				Name: fmt.Sprintf("evidence/%d-%s-%d-%s.json", len(files)+1, r.Port.Protocol, r.Port.Port, c.Verdict.Rule),
				Write: func(w io.Writer) error {
					e := json.NewEncoder(w)
					e.SetIndent("", " ")
					return e.Encode(c)
				},
			})
		}
	}
	return files
}
