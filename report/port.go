package report

import (
	"net/netip"
	"strings"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
	"whyport/report/words"
	"whyport/services"
)

// maxBanner bounds a banner, in characters.
const maxBanner = 300

// NewPort makes a result into a port of the document.
func NewPort(run *probe.Run, t *probe.TargetRun, r *probe.Result, names words.Names) *Port {
	return portOf(words.New(run, t, r, names), map[pathKey]*Path{})
}

// portOf shares equal paths with the ports before.
func portOf(s *words.Subject, paths map[pathKey]*Path) *Port {
	p, v := s.Port, s.Verdict
	w := s.Words()
	out := &Port{
		Address: address(p.Addr), Port: p.Port, Protocol: string(p.Protocol),
		Host: text(s.Candidate.Host), Expect: text(string(s.Candidate.Expect)),
		Service: serviceOf(s.Service, p.Port),
		State:   string(v.State), Reason: string(v.Reason), Rule: v.Rule,
		Confidence: text(string(v.Confidence)), Usable: usable(v),
		Finding: w.Finding, Why: w.Why, NextStep: optional(w.Next), Caveats: s.Caveats(), Notes: s.Notes(),
		Where: whereOf(s), Attempts: len(p.Attempts), Answered: p.Answered(), Lossy: lossy(v, p),
		Duration: millis(p.Elapsed), Path: pathOf(s, paths), Evidence: evidenceOf(s),
	}
	out.Hold, out.FarEnd = holdOf(p.Hold), farOf(p)
	out.Via, out.Through = viaOf(p.Proxied), throughOf(s)
	out.Source = endpoint(s.Source())
	if best := p.Best(); best != nil {
		out.ICMP = icmpOf(best.ICMP)
		if best.Outcome == evidence.Connected {
			out.Connect = millis(best.Elapsed)
		}
	}
	out.Spent = number(p.Connections)
	speechOf(out, p.Speech)
	out.Referred = referredOf(s)
	return out
}

// usable is nil where neither "yes" nor "no" was established.
func usable(v verdict.Verdict) *bool {
	if !v.Reason.Establishes() {
		return nil
	}
	return new(v.Usable)
}

// sourceOf is this computer's address in attempts; not valid where none knows it.
func sourceOf(as []evidence.Attempt) netip.Addr {
	for i := range as {
		if a := as[i].Source.Addr(); a.IsValid() && !a.IsUnspecified() {
			return a
		}
	}
	return netip.Addr{}
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
	return Service{
		Name:        text(s.Name),
		Class:       string(services.ClassOf(port)),
		Description: text(description),
		Everyday:    text(everydayName(s)),
	}
}

func whereOf(s *words.Subject) *Where {
	w := s.Verdict.Where
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
		out.Name = text(nameOf(s, w.Address))
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
	out.TLS, out.Asked = tlsOf(s.TLS), text(s.Asked)
	out.Identified, out.Product = text(s.Identified), text(s.Product)
	if b := s.Banner; b != nil {
		out.Banner = new(phrase.CleanTo(strings.TrimRight(string(b.Bytes), "\r\n\x00"), maxBanner))
		if b.Provoked {
			out.Provoked = new(true)
		}
	}
	if h := s.HTTP; h != nil {
		out.HTTP = &HTTP{
			Status: h.Status, Server: text(h.Server), Location: text(h.Location),
			Via: text(h.Via), Refresh: text(h.Refresh), BlockPage: text(h.BlockPage),
		}
	}
	if f := s.FTP; f != nil {
		out.FTP = &FTP{Passive: phrase.Clean(f.Passive), Why: text(f.Why), Mode: text(f.Mode), Told: text(f.Told)}
		if f.Port != 0 {
			out.FTP.Port = new(f.Port)
		}
	}
}
