package usage

import (
	"bytes"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/evidence"
	probelocal "whyport/probe/local"
	"whyport/report"
	"whyport/report/local"
	"whyport/report/saved"
	"whyport/services"
)

// LocalFlags say what is shown of this computer's own sockets.
func LocalFlags() []cli.Flag {
	return []cli.Flag{
		Bool("sessions", "connections, too, and not only what waits for them"),
		Bool("json", "JSON instead of text", "j"),
		Bool("redact", "hide this computer's names and addresses, user and domains"),
		Output(),
	}
}

// localCodes are those of a look at this computer's own sockets.
const localCodes = `
Exit codes:
   0  something waits on the port, or the program waits somewhere
   1  nothing does
   2  the command line is wrong
   3  the system does not list its sockets, or it could not be written
`

// LocalHelp is Help for a look at this computer's own sockets.
func LocalHelp(flags []cli.Flag, examples ...string) string { return help(flags, localCodes, examples) }

// Local reads what is asked for: ports, a service that stands for ports, or a part of a program's name; a word can be both.
func Local(c *cli.Context, names *services.Registry) (r probelocal.Request, err error) {
	r.Sessions = c.Bool("sessions")
	if c.Args().Len() > 1 {
		return r, New("type one: whyport local 443, or several ports as whyport local 80,443", "that is more than one port or program")
	}
	text := strings.TrimSpace(c.Args().First())
	if text == "" && c.Args().Present() {
		return r, New("type whyport local alone for all", "the name of the program is empty")
	}
	if text == "" || text == "-" || strings.EqualFold(text, "all") {
		return r, nil
	}
	r.Query.Text = text
	number := strings.Trim(text, "0123456789,-") == "" || strings.Trim(text[:1], "0123456789") == "" && strings.ContainsAny(text, ",/")
	for element := range strings.SplitSeq(text, ",") {
		found, err := names.ParsePorts(element)
		if err != nil && number {
			return r, err
		}
		for _, e := range found {
			p := probelocal.Port{Number: e.Port}
			if strings.Contains(element, "/") {
				p.Protocol = evidence.Protocol(e.Protocol)
			}
			r.Query.Ports = append(r.Query.Ports, p)
		}
	}
	if !number && !strings.Contains(text, ",") {
		r.Query.Program = text
	}
	if len(r.Query.Ports) == 0 && r.Query.Program == "" {
		return r, New("type ports, or one program's name", "%s names neither ports nor a program", services.Shown(text))
	}
	return r, nil
}

// LocalDone writes what was found and says how the command exits.
func LocalDone(c *cli.Context, w io.Writer, f *probelocal.Facts, names *services.Registry) (code int, err error) {
	switch {
	case f.Interrupted:
		code = report.ExitNotTested
	case f.Query.Text != "" && len(f.Waiting) == 0:
		code = report.ExitNotMet
	}
	var b bytes.Buffer
	if c.Bool("json") {
		err = local.JSON(&b, f, names, Version())
	} else {
		err = local.Print(&b, f, names, Width(w))
	}
	data := b.Bytes()
	if c.Bool("redact") && err == nil {
		hide := hiding(&probe.Plan{}, false)
		if data = []byte(hide.Text(b.String())); c.Bool("json") {
			data, err = saved.Hidden(b.Bytes(), hide.Text)
		}
	}
	if err == nil {
		_, err = w.Write(data)
	}
	return code, err
}

// SchemaNamed is the JSON Schema of the report, or of another command's JSON.
func SchemaNamed(c *cli.Context) ([]byte, error) {
	switch name := c.Args().First(); {
	case c.Args().Len() > 1 || name != "" && name != "local":
		return nil, New("type whyport schema, or whyport schema local", "there is a schema of the report and one of whyport local")
	case name == "local":
		return local.Schema(), nil
	}
	return report.Schema(), nil
}
