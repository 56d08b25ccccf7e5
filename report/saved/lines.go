package saved

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"whyport/report"
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

// parts are what lines say of one target.
type parts struct {
	target, named object // the target's own line; its input and host as the line of a port has them
	shared, ports []object
}

// fromLines puts the lines of NDJSON together to the object that --json would have written. A part of them is one whose last line
// may be missing.
func fromLines(lines []object, part bool) (object, error) {
	all := map[int]*parts{}
	var run object
	for _, o := range lines {
		l, p, err := partOf(o, all)
		if err != nil {
			return nil, err
		}
		switch l.Type {
		case "port":
			p.ports = append(p.ports, o.without("type", "target"))
		case "shared":
			p.shared = append(p.shared, o.without("type", "target"))
		case "target":
			if p.target != nil {
				return nil, errSeveral
			}
			p.target = o.without("type", "index")
		case "run":
			if run != nil {
				return nil, errSeveral
			}
			run = o.without("type")
		}
	}
	if run == nil && part {
		run = object{{"schema_version", json.RawMessage(`"` + report.SchemaVersion + `"`)}, {"interrupted", json.RawMessage("true")}}
	}
	if run == nil {
		return nil, errUnfinished
	}
	targets := []object{}
	for _, i := range slices.Sorted(maps.Keys(all)) {
		t, err := all[i].together()
		if err != nil {
			return nil, err
		}
		if len(t) > 0 {
			targets = append(targets, t)
		}
	}
	return run.with("targets", targets)
}

// partOf is what a line says in common with others, and the parts of its target.
func partOf(o object, all map[int]*parts) (l line, p *parts, err error) {
	data, err := o.MarshalJSON()
	if err == nil {
		err = json.Unmarshal(data, &l)
	}
	var named object
	if err == nil && len(l.Target) > 0 {
		var t struct{ Index int }
		err = errors.Join(json.Unmarshal(l.Target, &t), json.Unmarshal(l.Target, &named))
		l.Index = t.Index
	}
	if err != nil {
		return l, nil, err
	}
	if l.Index < 0 || l.Index > mostTargets {
		return l, nil, errors.New("a line has an impossible target")
	}
	if p = all[l.Index]; p == nil {
		p = &parts{}
		all[l.Index] = p
	}
	if p.named == nil {
		p.named = named.without("index")
	}
	return l, p, nil
}

func (p *parts) together() (object, error) {
	t := p.target
	if t == nil && len(p.ports) == 0 {
		return nil, nil
	}
	if t == nil {
		t = p.named
	}
	var err error
	if len(p.shared) > 0 {
		t, err = t.with("shared", p.shared)
	}
	if err == nil {
		t, err = t.with("ports", append([]object{}, p.ports...))
	}
	return t, err
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
