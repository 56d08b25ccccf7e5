package speak

import (
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// banner keeps the first words.
func (a *asker) banner(said []byte, n int, after time.Duration) {
	keep := said[:min(len(said), bannerBytes)]
	a.s.Banner = &evidence.Banner{
		Bytes: append([]byte(nil), keep...), Truncated: n > len(keep), After: max(after, 0),
	}
}

// identify names the protocol and product from the first words; nil where they tell nothing.
func (a *asker) identify(said []byte) *protocol.Protocol {
	p, product := protocol.Recognise(said, a.usual.Usual)
	if p != nil {
		a.s.Identified, a.s.Product = p.Name, cut(product, maxName)
	}
	return p
}

// turnedAway notes a greeting that is a refusal, of p; busy where it is one for now only.
func (a *asker) turnedAway(p *protocol.Protocol, said []byte) (away, busy bool) {
	a.s.Notes = slices.DeleteFunc(a.s.Notes, func(n string) bool { return n == evidence.NoteTurnedAway }) // of a first try
	switch {
	case p == nil:
		away, busy = protocol.Refusal(said)
	case p.Refused != nil:
		away, busy = p.Refused(said)
	}
	if away {
		a.s.Notes = append(a.s.Notes, evidence.NoteTurnedAway)
	}
	return away, away && busy
}

// provoked reports whether what was said, by a server of p, only answered what was said to it.
func provoked(p *protocol.Protocol) bool { return p == nil || p.First == protocol.Client }
