package ticket

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/phrase"
)

// ownComputer stands where no address of ours is known.
const ownComputer = "this computer"

// compose writes the tickets as blocks, which each format draws.
func compose(doc *report.View) (out []block) {
	all := problems(doc)
	if len(all) == 0 {
		return []block{{kind: text, text: "Nothing is to be asked of anybody: no port was found to be stopped."}}
	}
	for i, p := range all {
		if i > 0 {
			out = append(out, block{kind: rule})
		}
		out = append(out, p.blocks()...)
	}
	return out
}

func (p *problem) blocks() []block {
	flows := p.flows()
	out := []block{{kind: title, text: p.subject()}, {kind: text, text: "To: " + p.to()}}
	out = append(out, block{kind: head, text: "What is asked"}, block{kind: list, lines: p.asks(flows)})
	out = append(out, block{kind: head, text: "Why"}, block{kind: list, lines: p.reasons()})
	out = append(out, block{kind: head, text: "How to find it"})
	if p.idle {
		out = append(out, idleCommands()...)
	} else {
		out = append(out, p.commands(flows)...)
	}
	out = append(out, block{kind: head, text: "How to see that it works"},
		block{kind: text, text: "Afterwards, on " + p.computer() + " (" + p.success() + "):"},
		block{kind: code, lines: []string{p.verify()}})
	return out
}

func (p *problem) ports() string { return report.PortList(p.entries) }

func (p *problem) subject() string {
	what := "Please allow " + p.ports() + " to "
	switch {
	case p.idle:
		what = "Idle connections are forgotten: " + p.ports() + " to "
	case p.serving:
		what = "Service does not work as expected: " + p.ports() + " on "
	case p.party == verdict.Server:
		what = "Connection refused or dropped: " + p.ports() + " on "
	}
	return what + phrase.Short(p.target.Host, 60) + p.purpose()
}

// to is who is asked, with the device and how sure that is.
func (p *problem) to() string {
	who := map[verdict.Party]string{
		verdict.ThisComputer: "whoever looks after this computer", verdict.LocalNetwork: "your network's administrator (firewall)",
		verdict.Provider: "the Internet provider", verdict.ServerNetwork: "whoever runs the server's network (firewall)",
		verdict.Server: "the server's administrator", verdict.Proxy: "whoever runs the proxy",
	}[p.party]
	if who == "" {
		who = "your network's administrator first; then the server's"
	}
	w := p.where
	if w == nil || p.party == verdict.Server || w.Address == nil && w.Hop == nil {
		return who
	}
	device := "the device"
	if w.Address != nil {
		device += " " + *w.Address
	}
	if w.Name != nil {
		device += " (" + phrase.Short(*w.Name, 60) + ")"
	}
	if w.Hop != nil {
		device += fmt.Sprintf(" at hop %d", *w.Hop)
	}
	if w.OrNext {
		device += " or the one after it"
	}
	return who + "; " + device + ", " + sure(w.Confidence)
}

// sure is how certain a place is, as a word that fits behind it.
func sure(confidence string) string {
	if confidence == string(verdict.Possible) {
		return "possibly"
	}
	return confidence
}

func (p *problem) asks(flows []flow) (lines []string) {
	for _, f := range flows {
		port := strings.ToUpper(f.protocol) + " " + f.numbers()
		to := f.to
		if p.target.Host != f.to {
			to += " (" + phrase.Short(p.target.Host, 60) + ")"
		}
		switch {
		case p.idle:
			lines = append(lines, fmt.Sprintf("Keep idle connections on %s from %s to %s for at least %s%s.", port, f.from, to,
				report.Silence(p.longest()), p.purpose()))
		case p.serving:
			lines = append(lines, fmt.Sprintf("Look at the service on %s at %s%s.", port, to, p.purpose()))
		case p.party == verdict.Server:
			lines = append(lines, fmt.Sprintf("Check that the service listens on %s at %s%s, and that the server's firewall lets %s in.",
				port, to, p.purpose(), f.from))
		default:
			lines = append(lines, fmt.Sprintf("Allow %s from %s to %s%s.", port, f.from, to, p.purpose()))
		}
	}
	return lines
}

// purpose is what the ports are for, where that is known.
func (p *problem) purpose() string {
	if a := p.target.Application; a != nil {
		return ", for " + phrase.Short(*a, 60)
	}
	return ""
}

// reasons say why, since when, and what works.
func (p *problem) reasons() (lines []string) {
	var whys []*report.Cause
	for _, e := range p.entries {
		why := p.why(e)
		i := slices.IndexFunc(whys, func(c *report.Cause) bool { return c.Why == why })
		if i < 0 {
			whys = append(whys, &report.Cause{First: e, Why: why, Entries: []*report.Entry{e}})
		} else if !slices.ContainsFunc(whys[i].Entries, func(o *report.Entry) bool { return o.Label() == e.Label() }) {
			whys[i].Entries = append(whys[i].Entries, e)
		}
	}
	for _, c := range whys {
		lines = append(lines, phrase.Capital(c.Heading())+": "+c.Why)
	}
	said := map[string]bool{}
	for _, c := range report.Causes(p.entries, nil) {
		for _, n := range c.Caveats {
			if !said[n.Sentence] {
				said[n.Sentence] = true
				lines = append(lines, "But: "+n.Sentence)
			}
		}
	}
	if from, _, ok := p.times(); ok {
		at := from.Format("2006-01-02 15:04:05")
		lines = append(lines, "Seen to fail at "+at+" UTC from "+p.computer()+"; before that nothing was tested.")
	}
	var works []*report.Entry
	for _, e := range p.target.Entries {
		if report.IsTrue(e.Usable) && !slices.Contains(p.entries, e) {
			works = append(works, e)
		}
	}
	if len(works) > 0 {
		lines = append(lines, "Works already, to the same server: "+report.PortList(works)+".")
	} else if !p.idle {
		lines = append(lines, "No other port of this server that was tested works from here.")
	}
	return lines
}

func (p *problem) computer() string {
	if h := p.doc.Source.Hostname; h != nil {
		return phrase.Short(*h, 60)
	}
	return ownComputer
}

// verify is the command that tests the same ports again.
func (p *problem) verify() string {
	var lists []string
	for _, e := range p.entries {
		for _, r := range spans(e.Numbers) {
			if e.Protocol != "tcp" {
				r += "/" + e.Protocol
			}
			if !slices.Contains(lists, r) {
				lists = append(lists, r)
			}
		}
	}
	return "whyport " + typed(p.target.Host) + " -p " + strings.Join(lists, ",") + " --require all" + p.holding()
}
