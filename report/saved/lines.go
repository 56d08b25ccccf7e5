package saved

import (
	"encoding/json"
	"errors"
)

// line is what the lines of NDJSON have in common.
type line struct {
	Type   string          `json:"type"`
	Index  int             `json:"index"`
	Target json.RawMessage `json:"target"`
}

var errUnfinished = errors.New("the last line, about the run, is missing: the test was cut off, or a part was copied")

// mostTargets bounds an index that a file names.
const mostTargets = 1 << 20

// fromLines puts the lines of NDJSON together to the object that --json would have written.
func fromLines(lines []object) (object, error) {
	type parts struct {
		target        object
		shared, ports []object
	}
	var all []parts
	var run object
	at := func(i int) (*parts, error) {
		if i < 0 || i > mostTargets {
			return nil, errors.New("a line has an impossible target")
		}
		for len(all) <= i {
			all = append(all, parts{})
		}
		return &all[i], nil
	}
	for _, o := range lines {
		l := line{}
		data, err := o.MarshalJSON()
		if err == nil {
			err = json.Unmarshal(data, &l)
		}
		index := l.Index
		if len(l.Target) > 0 {
			var t struct{ Index int }
			if err == nil {
				err = json.Unmarshal(l.Target, &t)
			}
			index = t.Index
		}
		p, wrong := at(index)
		if err = errors.Join(err, wrong); err != nil {
			return nil, err
		}
		switch l.Type {
		case "port":
			p.ports = append(p.ports, o.without("type", "target"))
		case "shared":
			p.shared = append(p.shared, o.without("type", "target"))
		case "target":
			p.target = o.without("type", "index")
		case "run":
			run = o.without("type")
		}
	}
	if run == nil {
		return nil, errUnfinished
	}
	targets := []object{}
	for _, p := range all {
		t := p.target
		var err error
		if len(p.shared) > 0 {
			t, err = t.with("shared", p.shared)
		}
		if err == nil {
			t, err = t.with("ports", append([]object{}, p.ports...))
		}
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	return run.with("targets", targets)
}

// Lines are the lines of NDJSON that say what the report says.
func (r *Report) Lines() (lines []json.RawMessage, err error) {
	add := func(o object) {
		data, failed := o.MarshalJSON()
		lines, err = append(lines, data), errors.Join(err, failed)
	}
	typed := func(kind string, o object, more ...field) object {
		return append(append(object{{"type", json.RawMessage(`"` + kind + `"`)}}, more...), o...)
	}
	var targets []object
	if err := json.Unmarshal(r.raw.get("targets"), &targets); err != nil {
		return nil, err
	}
	for i, t := range targets {
		host, failed := json.Marshal(struct {
			Index int             `json:"index"`
			Input json.RawMessage `json:"input"`
			Host  json.RawMessage `json:"host"`
		}{i, t.get("input"), t.get("host")})
		index, _ := json.Marshal(i)
		err = errors.Join(err, failed)
		for _, part := range []struct{ kind, list string }{{"shared", "shared"}, {"port", "ports"}} {
			var items []object
			if list := t.get(part.list); list != nil {
				err = errors.Join(err, json.Unmarshal(list, &items))
			}
			for _, o := range items {
				of := field{"target", host}
				if part.kind == "port" && o.get("shared") != nil { // input and host stand in the line of what is shared
					of.value = json.RawMessage(`{"index":` + string(index) + `}`)
				}
				add(typed(part.kind, o, of))
			}
		}
		add(typed("target", t.without("ports", "shared"), field{"index", index}))
	}
	add(typed("run", r.raw.without("targets")))
	return lines, err
}
