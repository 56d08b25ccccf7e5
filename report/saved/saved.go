package saved

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"whyport/probe/target"
	"whyport/report"
	"whyport/services"
	"whyport/services/mistake"
)

// Report is one that was saved.
type Report struct {
	Name string // of its file, without folders
	*report.Document
	raw object // as it was saved
}

// JSON is the report as one object, with all that the file had.
func (r *Report) JSON() ([]byte, error) { return r.raw.MarshalJSON() }

// most is the size of a file that is read, in bytes: reports of the largest runs have some hundred.
const most = 1 << 30

// Open reads a file; "-" is standard input. Its errors are about what was typed.
func Open(name string, stdin io.Reader) (*Report, error) {
	shown := target.ShownFile(name)
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, mistake.New("check the file's name and permissions", "the report %s can't be opened", shown)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil || len(data) > most {
		return nil, mistake.New("check the file, or save the report again", "the report %s can't be read, or is too large", shown)
	}
	r, err := Read(data)
	if err != nil {
		return nil, mistake.New("save a report with --json or --format ndjson: whyport server.example -o report.json",
			"%s is no report that can be read: %s",
			shown, err)
	}
	r.Name = filepath.Base(name)
	return r, nil
}

// Read reads a report, as JSON or NDJSON, also as PowerShell saves it (UTF-16).
func Read(data []byte) (*Report, error) { return read(data, false) }

// ReadPart is Read for lines of a run that may have been cut off: then what had come is an interrupted run.
func ReadPart(lines []byte) (*Report, error) { return read(lines, true) }

func read(data []byte, part bool) (*Report, error) {
	text, ok := target.PlainText(data)
	if !ok {
		return nil, errNoObject
	}
	all, err := readAll([]byte(text))
	if err != nil {
		return nil, readable(err)
	}
	var raw object
	switch {
	case len(all) == 0:
		return nil, errNoObject
	case all[0].get("type") != nil:
		if raw, err = fromLines(all, part); err != nil {
			return nil, err
		}
	case len(all) > 1:
		return nil, errSeveral
	default:
		raw = all[0]
	}
	doc, err := document(raw)
	if err != nil {
		return nil, err
	}
	return &Report{Document: doc, raw: raw}, nil
}

// document reads the fields that this version knows. Minor versions of the schema add fields only.
func document(raw object) (*report.Document, error) {
	data, err := raw.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var in struct {
		report.Document
		Targets []struct {
			report.Target
			Ports []struct {
				report.Port
				Shared string `json:"shared"`
			} `json:"ports"`
		} `json:"targets"`
	}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&in); err != nil {
		return nil, readable(err)
	}
	major, _, _ := strings.Cut(in.SchemaVersion, ".")
	known, _, _ := strings.Cut(report.SchemaVersion, ".")
	if in.SchemaVersion == "" || raw.get("targets") == nil {
		return nil, errNoReport
	}
	if n, err := strconv.Atoi(major); err != nil || major != known {
		return nil, schemaError(n)
	}
	doc := in.Document
	doc.Targets = []report.Target{}
	for i := range in.Targets {
		t := in.Targets[i].Target
		t.Ports = make([]report.Port, 0, len(in.Targets[i].Ports))
		for _, p := range in.Targets[i].Ports {
			if p.Shared != "" {
				share(&p.Port, t.Shared, p.Shared)
			}
			t.Ports = append(t.Ports, p.Port)
		}
		doc.Targets = append(doc.Targets, t)
	}
	return &doc, nil
}

// share gives a port of a large run what it has in common with others.
func share(p *report.Port, all []*report.Shared, id string) {
	if p.Service.Class == "" {
		p.Service.Class = string(services.ClassOf(p.Port))
	}
	for _, s := range all {
		if s != nil && s.ID == id {
			p.Why, p.NextStep, p.Caveats, p.Notes, p.Where = s.Why, s.NextStep, s.Caveats, s.Notes, s.Where
			p.ICMP, p.Path, p.Rule, p.Evidence = s.ICMP, s.Path, s.Rule, s.Evidence
			return
		}
	}
}
