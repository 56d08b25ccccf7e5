package page

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/phrase"
)

// explanations say below the table, once for each cause, why and what to do.
// A sentence that stands in the table already is not said again.
func (d *drawing) explanations(t *report.TargetView, s *section, rows []*report.Entry) {
	server := phrase.Short(t.Host, 50)
	if s.host != "" {
		server = phrase.Short(s.host, 50)
	}
	all := report.Causes(s.ports, s.addresses)
	for _, c := range all {
		p := c.First
		if p.Reason == "interrupted" && !d.style.Verbose || c.Next == "" && !d.style.Verbose && len(p.Notes) == 0 &&
			!slices.ContainsFunc(c.Caveats, func(n report.Note) bool { return tells(p, n) }) {
			continue
		}
		before := d.out.Len()
		heading := d.show(c.Heading() + ": " + stateWords(p))
		for _, line := range phrase.Wrap(heading, d.style.width()) {
			d.line(d.paint.of(p.Usable).Sprint(line))
		}
		headed := d.out.Len()
		if d.style.width() < wide || !slices.Contains(rows, p) {
			d.labelled("Why", c.Why, 2)
		}
		if pieces := picture(p, server, d.style.Unicode); pieces != nil && !report.IsTrue(p.Usable) {
			for i := range pieces {
				pieces[i] = d.show(pieces[i])
			}
			d.labelledWords("Path", pieces, 2)
		}
		for _, n := range c.Caveats {
			if tells(p, n) || d.style.Verbose {
				d.labelled("But", n.Sentence, 2)
			}
		}
		for _, n := range p.Notes {
			d.labelled("Also", n.Sentence, 2)
		}
		if c.Next != "" && !(len(all) == 1 && c.Next == report.Value(t.NextStep)) { // else it stands in the last lines
			d.labelled("Do", c.Next, 2)
		}
		if d.out.Len() == headed {
			d.out.Truncate(before)
			continue
		}
		d.line("")
	}
}

// tells reports whether a caveat says more than the port's own sentences do.
func tells(p *report.Entry, n report.Note) bool {
	switch verdict.Caveat(n.Code) {
	case verdict.NothingSpoke:
		return false
	case verdict.HostSilent:
		return p.Reason != string(verdict.NoResponse)
	case verdict.MayBeImitated:
		return p.Reason != string(verdict.Reset)
	case verdict.PlaceUnproven:
		return p.Where != nil && p.Where.Hop != nil
	}
	return true
}

// evidence lists what was seen of each port.
func (d *drawing) evidence(rows []*report.Entry) {
	for _, p := range rows {
		head := fmt.Sprintf("Evidence for %s: %s", p.Label(), p.Reason)
		if p.Confidence != nil {
			head += ", " + *p.Confidence
		}
		if p.Rule != "" {
			head += ", rule " + p.Rule
		}
		d.text(head, 0, 2)
		for _, e := range p.Evidence {
			d.text(strings.TrimSpace(e.Step+" "+e.Signal+": "+e.Detail), 2, 4)
		}
		d.line("")
	}
}

// answer is what a person reads first: the last lines.
func (d *drawing) answer(doc *report.View) {
	switch n := len(doc.Targets); {
	case n == 1:
		d.summary(doc.Targets[0], d.about(doc.Targets[0]))
	case n > 1:
		if d.style.Quiet {
			for i := range doc.Targets {
				d.text(phrase.Short(doc.Targets[i].Input, 60)+": "+doc.Targets[i].Summary, 0, 2)
			}
		} else {
			d.line("")
		}
		d.overall(doc)
	}
	if doc.Interrupted && len(doc.Targets) == 0 {
		d.line("Interrupted before anything was tested.")
	}
	if doc.Error != nil {
		d.text(doc.Error.Message, 0, 2)
		d.text(doc.Error.NextStep, 0, 2)
	}
}

// about names the target where the line stands alone.
func (d *drawing) about(t *report.TargetView) string {
	if d.style.Quiet {
		return phrase.Short(t.Input, 60) + ": "
	}
	return ""
}

// summary is the target's answer and, before it, what to do.
func (d *drawing) summary(t *report.TargetView, about string) {
	for _, line := range phrase.Wrap(d.show(about+t.Summary), d.style.width()) {
		d.line(d.paint.of(t.Requirement.Met).Sprint(line))
	}
	if t.NextStep != nil {
		d.labelled("Next:", *t.NextStep, 0)
	}
}

// overall counts the targets.
func (d *drawing) overall(doc *report.View) {
	for _, line := range phrase.Wrap(count(doc), d.style.width()) {
		d.line(d.paint.of(doc.Requirement.Met).Sprint(line))
	}
}

// overview has a row for each target, and one for all that fare alike.
func (d *drawing) overview(targets []*report.TargetView) {
	var rows [][]cell
	index := map[string]int{}
	names := map[string][]string{}
	for i := range targets {
		t := targets[i]
		key := t.Summary
		if report.IsTrue(t.Requirement.Met) {
			key = fmt.Sprint(i)
		}
		names[key] = append(names[key], phrase.Short(t.Input, 40))
		if _, known := index[key]; known {
			continue
		}
		index[key] = len(rows)
		rows = append(rows, []cell{{text: key}, {text: t.Summary, color: d.paint.of(t.Requirement.Met)}})
	}
	for _, row := range rows {
		all := names[row[0].text]
		row[0].text = phrase.Listed(all, 3)
	}
	if _, err := grid(&d.out, []column{{"target", 40, 0}, {"answer", 0, 0}}, rows, d.style); err != nil && d.err == nil {
		d.err = err
	}
}
