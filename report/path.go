package report

import (
	"net/netip"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/words"
)

// pathOf is the walk for this port, or for another port behind the same rule, or the reference's.
func pathOf(s *words.Subject, known map[pathKey]*Path) *Path {
	w := walkOf(s)
	if w == nil || len(w.Hops) == 0 {
		return nil
	}
	key := pathKey{w, distanceOf(s)}
	if known[key] == nil {
		known[key] = newPath(s, key)
	}
	return known[key]
}

type pathKey struct {
	walk     *evidence.Walk
	distance uint8
}

func newPath(s *words.Subject, key pathKey) *Path {
	w := key.walk
	out := &Path{Distance: number(key.distance), Hops: []Hop{}}
	out.LastReplyHop = number(w.LastReply().TTL)
	for _, h := range w.Hops {
		hop := Hop{TTL: int(h.TTL), Address: address(h.Addr), RTT: millis(h.RTT), Name: text(h.Name)}
		if hop.Name == nil {
			hop.Name = text(nameOf(s, h.Addr))
		}
		if h.End != evidence.NotRun {
			hop.End = new(string(h.End))
		}
		out.Hops = append(out.Hops, hop)
	}
	return out
}

// walkOf is the path that the port's picture shows.
func walkOf(s *words.Subject) *evidence.Walk {
	if s.Port.Walk != nil {
		return s.Port.Walk
	}
	if s.Host != nil {
		return s.Host.Reference
	}
	return nil
}

// distanceOf is the number of hops to the server, known only from an answer that was the server's.
func distanceOf(s *words.Subject) uint8 {
	if s.Host != nil {
		if d := s.Host.Reference.Distance(); d > 0 {
			return d
		}
	}
	if s.Verdict.State == verdict.Open || s.Verdict.State == verdict.Closed {
		return walkOf(s).Distance()
	}
	return 0
}

func nameOf(s *words.Subject, a netip.Addr) string {
	if s.Host == nil || !a.IsValid() {
		return ""
	}
	return s.Host.Names[a]
}
