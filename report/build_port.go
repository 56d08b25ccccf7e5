package report

import (
	"net/netip"
	"strings"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/services"
)

// maxBanner bounds a banner, in characters.
const maxBanner = 300

func buildPort(run *probe.Run, t *probe.TargetRun, r *probe.Result, names Names, paths map[pathKey]*Path) Port {
	s := newSubject(run, t, r, names)
	p, v := s.port, s.verdict
	w := s.words()
	out := Port{
		Address: address(p.Addr), Port: p.Port, Protocol: string(p.Protocol),
		Host: text(s.candidate.Host), Expect: text(string(s.candidate.Expect)),
		Service: serviceOf(s.service, p.Port),
		State:   string(v.State), Reason: string(v.Reason), Rule: v.Rule,
		Confidence: text(string(v.Confidence)), Usable: usable(v),
		Finding: w.finding, Why: w.why, NextStep: optional(w.next), Caveats: s.caveats(), Notes: s.notes(),
		Where: whereOf(s), Attempts: len(p.Attempts), Answered: p.Answered(), Lossy: lossy(v, p),
		Duration: millis(p.Elapsed), Path: pathOf(s, paths), Evidence: evidenceOf(s),
	}
	out.Source = endpoint(s.source())
	if best := p.Best(); best != nil {
		out.ICMP = icmpOf(best.ICMP)
		if best.Outcome.Answered() {
			out.answered = best.Elapsed
		}
		if best.Outcome == evidence.Connected {
			out.Connect = millis(best.Elapsed)
		}
	}
	speechOf(&out, p.Speech)
	return out
}

// usable is nil where neither "yes" nor "no" was established.
func usable(v verdict.Verdict) *bool {
	switch v.Reason {
	case "", verdict.NotTested, verdict.Interrupted, verdict.NoSockets, verdict.UDPNoResponse, verdict.ShutOut,
		verdict.NameNotFound, verdict.NameServerFailure, verdict.NameServerTimeout, verdict.NoAddress,
		verdict.NameRefused, verdict.NameBlocked:
		return nil
	}
	return new(v.Usable)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// lossy is nil where nothing answered: then loss is not known.
func lossy(v verdict.Verdict, p *evidence.Port) *bool {
	if p.Answered() == 0 {
		return nil
	}
	return new(v.Has(verdict.Lossy))
}

func serviceOf(s services.Service, port uint16) Service {
	description := s.Description
	if description == "" {
		description = s.Everyday
	}
	return Service{Name: text(s.Name), Class: string(services.ClassOf(port)), Description: text(description)}
}

func whereOf(s *subject) *Where {
	w := s.verdict.Where
	if w == nil {
		return nil
	}
	out := &Where{
		Party: string(w.Party), Hop: number(w.Hop), Address: address(w.Address),
		Confidence: string(w.Confidence), OrNext: w.OrNext,
	}
	if out.Party == "" {
		out.Party = string(verdict.PartyUnknown)
	}
	if out.Confidence == "" {
		out.Confidence = string(verdict.Possible)
	}
	if out.Name = text(w.Name); out.Name == nil {
		out.Name = text(s.nameOf(w.Address))
	}
	return out
}

func icmpOf(i *evidence.ICMP) *ICMP {
	if i == nil {
		return nil
	}
	return &ICMP{Type: i.Type, Code: i.Code, From: address(i.From), TTL: number(i.TTL)}
}

func speechOf(out *Port, s *evidence.Speech) {
	if s == nil {
		return
	}
	out.TLS, out.Asked, out.Spent = tlsOf(s.TLS), text(s.Asked), number(s.Connections)
	out.Identified, out.Product = text(s.Identified), text(s.Product)
	if b := s.Banner; b != nil {
		out.Banner = new(cleanTo(strings.TrimRight(string(b.Bytes), "\r\n\x00"), maxBanner))
		if b.Provoked {
			out.Provoked = new(true)
		}
	}
	if h := s.HTTP; h != nil {
		out.HTTP = &HTTP{
			Status: h.Status, Server: text(h.Server), Location: text(h.Location),
			Via: text(h.Via), BlockPage: text(h.BlockPage),
		}
	}
	if f := s.FTP; f != nil {
		out.FTP = &FTP{Passive: clean(f.Passive), Why: text(f.Why), Mode: text(f.Mode), Told: text(f.Told)}
		if f.Port != 0 {
			out.FTP.Port = new(f.Port)
		}
	}
}

// pathOf is the walk for this port, or for another port behind the same rule, or the reference's.
func pathOf(s *subject, known map[pathKey]*Path) *Path {
	w := s.walk()
	if w == nil || len(w.Hops) == 0 {
		return nil
	}
	key := pathKey{w, s.distance()}
	if known[key] == nil {
		known[key] = newPath(s, key)
	}
	return known[key]
}

type pathKey struct {
	walk     *evidence.Walk
	distance uint8
}

func newPath(s *subject, key pathKey) *Path {
	w := key.walk
	out := &Path{Distance: number(key.distance), Hops: []Hop{}}
	out.LastReplyHop = number(w.LastReply().TTL)
	for _, h := range w.Hops {
		hop := Hop{TTL: int(h.TTL), Address: address(h.Addr), RTT: millis(h.RTT), Name: text(h.Name)}
		if hop.Name == nil {
			hop.Name = text(s.nameOf(h.Addr))
		}
		if h.End != evidence.NotRun {
			hop.End = new(string(h.End))
		}
		out.Hops = append(out.Hops, hop)
	}
	return out
}

// walk is the path that the port's picture shows.
func (s *subject) walk() *evidence.Walk {
	if s.port.Walk != nil {
		return s.port.Walk
	}
	if s.host != nil {
		return s.host.Reference
	}
	return nil
}

// distance is the number of hops to the server, known only from an answer that was the server's.
func (s *subject) distance() uint8 {
	if s.host != nil {
		if d := s.host.Reference.Distance(); d > 0 {
			return d
		}
	}
	if s.verdict.State == verdict.Open || s.verdict.State == verdict.Closed {
		return s.walk().Distance()
	}
	return 0
}

func (s *subject) nameOf(a netip.Addr) string {
	if s.host == nil || !a.IsValid() {
		return ""
	}
	return s.host.Names[a]
}
