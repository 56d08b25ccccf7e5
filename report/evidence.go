package report

import (
	"fmt"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
	"whyport/report/words"
)

// evidenceOf lists what was seen, in the order in which it was asked.
func evidenceOf(s *words.Subject) []Evidence {
	out := append(proxyEvidence(s.Port.Proxied), attemptEvidence(s.Port)...)
	out = append(out, speechEvidence(s.Port.Speech)...)
	out = append(out, referredEvidence(s.Port)...)
	if n := s.Port.Connections; n > 1 {
		out = append(out, Evidence{"visits", "accepted", fmt.Sprintf("%d connections of this run in all", n)})
	}
	if e := s.Port.Entry; e != nil {
		out = append(out, Evidence{"first-hop", signal(*e), attemptDetail([]evidence.Attempt{*e})})
	}
	out = append(out, originEvidence(s.Port.Origin)...)
	if w := s.Port.Walk; w != nil {
		out = append(out, walkEvidence(w, s.Port))
	}
	out = append(out, holdEvidence(s.Port.Hold)...)
	out = append(out, farEvidence(s.Port.FarEnd)...)
	v := s.Verdict
	if s.Host != nil && (v.Reason == verdict.MiddleboxAnswer || v.Has(verdict.AcceptsEveryPort) || v.Has(verdict.HostSilent)) {
		out = append(out, controlEvidence(s.Host.Controls)...)
	}
	if s.Host != nil && s.Host.UDPControl != nil && v.Reason == verdict.UDPNoResponse {
		out = append(out, controlEvidence([]evidence.Port{*s.Host.UDPControl})...)
	}
	if s.Host != nil && v.Reason == verdict.ShutOut {
		out = append(out, againEvidence(s.Host.Again)...)
	}
	if out == nil {
		out = []Evidence{}
	}
	return out
}

func originEvidence(o *evidence.Origin) (out []Evidence) {
	if o == nil {
		return nil
	}
	for _, a := range o.Short {
		out = append(out, Evidence{"short-ttl", signal(a), attemptDetail([]evidence.Attempt{a})})
	}
	for _, a := range o.MinTTL {
		detail := attemptDetail([]evidence.Attempt{a})
		out = append(out, Evidence{"min-ttl", signal(a), fmt.Sprintf("answers below TTL %d ignored, %s", a.MinTTL, detail)})
	}
	if o.Distance != 0 {
		out = append(out, Evidence{"origin", "measured", fmt.Sprintf("the answer is made %d hops away", o.Distance)})
	}
	return out
}

func walkEvidence(w *evidence.Walk, p *evidence.Port) Evidence {
	signal, parts := "no-router-answered", []string{}
	if last := w.LastReply(); last.TTL != 0 {
		signal = "routers-answered"
		parts = append(parts, fmt.Sprintf("last answer from hop %d, %s", last.TTL, phrase.Clean(last.Addr.String())))
	}
	if d := w.Distance(); d != 0 {
		parts = append(parts, fmt.Sprintf("ended at hop %d: %s", d, w.At(d).End))
	} else {
		parts = append(parts, fmt.Sprintf("silence up to hop %d", len(w.Hops)))
	}
	if w.To.IsValid() && w.To.Port() != p.Port {
		parts = append(parts, fmt.Sprintf("walked for port %d", w.To.Port()))
	}
	return Evidence{"path", signal, strings.Join(parts, ", ")}
}

func controlEvidence(controls []evidence.Port) (out []Evidence) {
	for i := range controls {
		if a := controls[i].Best(); a != nil {
			out = append(out, Evidence{"control-port", signal(*a), fmt.Sprintf("port %d, which nobody should use", controls[i].Port)})
		}
	}
	return out
}

// againEvidence has what ports that had answered said at the end.
func againEvidence(ports []evidence.Port) (out []Evidence) {
	for i := range ports {
		if as := ports[i].Attempts; len(as) > 0 {
			out = append(out, Evidence{"asked-again", signal(as[len(as)-1]), fmt.Sprintf("port %d, which had answered: %s", ports[i].Port,
				attemptDetail(as))})
		}
	}
	return out
}

// referredEvidence has a line for each referral.
func referredEvidence(p *evidence.Port) (out []Evidence) {
	for i := range p.Referred {
		r := &p.Referred[i]
		switch {
		case r.Skipped != "":
			out = append(out, Evidence{"referred", "skipped", phrase.Clean(r.To) + ": " + phrase.Clean(r.Skipped)})
		case len(r.Reached) == 0:
			out = append(out, Evidence{"referred", "no-address", phrase.Clean(r.To) + ": " + phrase.Clean(r.Resolution.Problem)})
		}
		for j := range r.Reached {
			to := &r.Reached[j]
			if best := to.Best(); best != nil {
				out = append(out, Evidence{"referred", signal(*best), phrase.Clean(r.To) + " at " + to.Addr.String() + ": " +
					attemptDetail(to.Attempts)})
			}
		}
	}
	return out
}
