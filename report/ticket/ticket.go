// Package ticket writes what to send to whoever runs the device that stops a connection: what is asked, why, what to look for
// in a log, and the commands that settle it. It says no more than the verdicts do.
package ticket

import (
	"net/netip"
	"slices"
	"time"

	"whyport/probe/verdict"
	"whyport/report"
)

// problem is what one owner is asked about one target.
type problem struct {
	doc     *report.View
	target  *report.TargetView
	party   verdict.Party
	where   *report.Where // of the first port; nil: not known
	serving bool          // the ports are open, and what answers there is the matter
	idle    bool          // the ports work, but idle connections are forgotten
	entries []*report.Entry
}

// owner tells one ticket from another: several devices, several tickets.
type owner struct {
	target  int
	place   string
	serving bool
	idle    bool
}

// problems are the ports that fail, by who can mend them.
func problems(doc *report.View) (out []*problem) {
	known := map[owner]*problem{}
	for i, t := range doc.Targets {
		for _, e := range t.Entries {
			idle := e.Hold.Forgets()
			if !report.IsFalse(e.Usable) && !idle || e.Address == nil {
				continue
			}
			p := &problem{doc: doc, target: t, party: partyOf(e), where: e.Where, serving: e.State == string(verdict.Open)}
			if idle { // who forgets them can't be seen
				p.party, p.where, p.serving, p.idle = verdict.PartyUnknown, nil, false, true
			}
			o := owner{i, string(p.party), p.serving, p.idle}
			if w := p.where; w != nil && p.party != verdict.Server && p.party != verdict.ThisComputer {
				o.place += report.WhereKey(&report.Where{Party: w.Party, Hop: w.Hop, Address: w.Address})
			}
			if known[o] == nil {
				known[o] = p
				out = append(out, p)
			}
			known[o].entries = append(known[o].entries, e)
		}
	}
	return out
}

// partyOf is who is asked: the owner of the place, or the server's where the server itself answered.
func partyOf(e *report.Entry) verdict.Party {
	switch {
	case e.State == string(verdict.Open), e.State == string(verdict.Closed) && e.Where == nil:
		return verdict.Server
	case e.Where == nil:
		return verdict.PartyUnknown
	}
	return verdict.Party(e.Where.Party)
}

// flow is what a log or a capture is searched for: one protocol and port at one address, from one of ours.
type flow struct {
	from, to string
	protocol string
	ports    []uint16
	sources  []uint16 // our ports; of very many only some
}

// mostSources bounds the source ports that are listed.
const mostSources = 20

func (p *problem) flows() (out []flow) {
	for _, e := range p.entries {
		from := ownComputer
		var sources []uint16
		for _, s := range e.Sources() {
			from = s.Addr().String()
			if len(sources) < mostSources && !slices.Contains(sources, s.Port()) {
				sources = append(sources, s.Port())
			}
		}
		if len(sources) == 0 {
			from = p.ownAddress(*e.Address)
		}
		i := slices.IndexFunc(out, func(f flow) bool { return f.from == from && f.to == *e.Address && f.protocol == e.Protocol })
		if i < 0 {
			out, i = append(out, flow{from: from, to: *e.Address, protocol: e.Protocol}), len(out)
		}
		f := &out[i]
		f.ports, f.sources = append(f.ports, e.Numbers...), append(f.sources, sources...)
		f.sources = f.sources[:min(len(f.sources), mostSources)]
	}
	return out
}

// ownAddress is this computer's address of the same kind as the server's, where only one can be meant.
func (p *problem) ownAddress(to string) string {
	server, err := netip.ParseAddr(to)
	var found []string
	for _, text := range p.doc.Source.Addresses {
		if a, wrong := netip.ParseAddr(text); err == nil && wrong == nil && a.Is4() == server.Is4() {
			found = append(found, text)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ownComputer
}

// times are when the run began and ended, in UTC; false where the report does not say.
func (p *problem) times() (from, to time.Time, ok bool) {
	at, err := time.Parse(time.RFC3339, p.doc.Started)
	if err != nil || at.IsZero() {
		return at, at, false
	}
	return at.UTC(), at.UTC().Add(time.Duration(float64(p.doc.Duration) * float64(time.Millisecond))), true
}
