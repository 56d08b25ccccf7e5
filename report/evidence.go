package report

import (
	"fmt"
	"net/netip"
	"strconv"
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

// attemptEvidence has one line for each run of attempts that ended alike.
func attemptEvidence(p *evidence.Port) (out []Evidence) {
	step := "tcp-connect"
	if p.Protocol == evidence.UDP {
		step = "udp-send"
	}
	for i := 0; i < len(p.Attempts); {
		n := i + 1
		for n < len(p.Attempts) && alike(p.Attempts[i], p.Attempts[n]) {
			n++
		}
		out = append(out, Evidence{Step: step, Signal: signal(p.Attempts[i]), Detail: attemptDetail(p.Attempts[i:n])})
		i = n
	}
	return out
}

func alike(a, b evidence.Attempt) bool {
	return signal(a) == signal(b) && a.Errno == b.Errno && a.TTL == b.TTL && (a.ICMP == nil) == (b.ICMP == nil) &&
		(a.ICMP == nil || a.ICMP.From == b.ICMP.From && a.ICMP.Type == b.ICMP.Type && a.ICMP.Code == b.ICMP.Code)
}

// signal is the outcome, or what kind of packet it was where that is known.
func signal(a evidence.Attempt) string {
	switch {
	case a.Outcome == evidence.NotRun:
		return "not-run"
	case a.Local:
		return "local-error"
	case a.ICMP != nil:
		return "icmp"
	case a.Outcome == evidence.Refused:
		return "reset"
	}
	return string(a.Outcome)
}

func attemptDetail(as []evidence.Attempt) string {
	var parts []string
	a := as[len(as)-1]
	if len(as) > 1 {
		parts = append(parts, fmt.Sprintf("%d attempts", len(as)))
	}
	if from := sources(as); from != "" {
		parts = append(parts, from)
	}
	if a.TTL != 0 {
		parts = append(parts, fmt.Sprintf("hop limit %d", a.TTL))
	}
	if a.ICMP != nil {
		parts = append(parts, icmpDetail(a.ICMP))
	}
	if a.Errno != "" {
		parts = append(parts, "error "+phrase.Clean(a.Errno))
	}
	if took := elapsed(as); took != "" {
		parts = append(parts, "after "+took)
	}
	if a.Outcome == evidence.Silent {
		parts = append(parts, repeats(as)...)
	}
	if t := a.TCP; t != nil && a.Outcome == evidence.Connected && t.HasSndWnd {
		parts = append(parts, fmt.Sprintf("window %d", t.SndWnd))
	}
	return strings.Join(parts, ", ")
}

// sources are this computer's ends of attempts: what a firewall's log or a capture is searched for.
func sources(as []evidence.Attempt) string {
	var ports []string
	var from netip.Addr
	for _, a := range as {
		switch {
		case !a.Source.IsValid():
		case len(ports) == 0:
			from, ports = a.Source.Addr(), []string{strconv.Itoa(int(a.Source.Port()))}
		case a.Source.Addr() == from:
			ports = append(ports, strconv.Itoa(int(a.Source.Port())))
		}
	}
	switch len(ports) {
	case 0:
		return ""
	case 1:
		return "from " + phrase.Clean(as[len(as)-1].Source.String())
	}
	return "from " + phrase.Clean(from.String()) + " ports " + strings.Join(ports, ", ")
}

// elapsed is how long attempts took: the shortest and the longest.
func elapsed(as []evidence.Attempt) string {
	least, most := as[0].Elapsed, as[0].Elapsed
	for _, a := range as {
		least, most = min(least, a.Elapsed), max(most, a.Elapsed)
	}
	switch {
	case most <= 0:
		return ""
	case least <= 0 || phrase.Duration(least) == phrase.Duration(most):
		return phrase.Duration(most)
	}
	return phrase.Duration(least) + " to " + phrase.Duration(most)
}

// repeats is what the operating system says of its own repeats (Linux, after 1 s), read where the judge reads it: the
// first socket that saw one.
func repeats(as []evidence.Attempt) []string {
	for _, a := range as {
		switch t := a.TCP; {
		case t == nil || t.Retransmits == 0:
		case t.TotalRetrans == 0:
			return []string{"the system's repeats never left its queue"}
		case t.Retrans == 0:
			return []string{"the system's repeats were dropped in this computer"}
		default:
			return []string{"repeated by the system " + phrase.Count(int(t.TotalRetrans), "time")}
		}
	}
	return nil
}

func icmpDetail(i *evidence.ICMP) string {
	s := fmt.Sprintf("ICMP type %d code %d from %s", i.Type, i.Code, phrase.Clean(i.From.String()))
	if i.TTL != 0 {
		s += fmt.Sprintf(" (arrived with TTL %d)", i.TTL)
	}
	return s
}

func speechEvidence(s *evidence.Speech) (out []Evidence) {
	if s == nil {
		return nil
	}
	if b := s.Banner; b != nil {
		signal := "spoke-first"
		if b.Provoked {
			signal = "answered"
		}
		out = append(out, Evidence{"banner", signal, fmt.Sprintf("%d bytes after %s", len(b.Bytes), phrase.Duration(b.After))})
	}
	if t := s.TLS; t != nil && t.State != evidence.TLSNotTried {
		out = append(out, Evidence{"tls", string(t.State), tlsDetail(t)})
		for _, v := range t.Variants {
			out = append(out, Evidence{"tls-" + v.Kind, string(v.State), "after " + phrase.Duration(v.After)})
		}
	}
	if t := s.TLS; t != nil && t.State == evidence.TLSNotTried && len(t.Notes) > 0 {
		out = append(out, Evidence{"starttls", phrase.Clean(strings.TrimPrefix(t.Notes[0], "starttls-")), phrase.Clean(t.StartTLS)})
	}
	if h := s.HTTP; h != nil {
		detail := fmt.Sprintf("status %d, server %q", h.Status, phrase.Clean(h.Server))
		for _, field := range [][2]string{{"location", h.Location}, {"sends browsers to", h.Refresh}, {"via", h.Via}, {"page of", h.BlockPage}} {
			if field[1] != "" {
				detail += fmt.Sprintf(", %s %q", field[0], phrase.Clean(field[1]))
			}
		}
		out = append(out, Evidence{"http", "answered", detail})
	}
	if s.Identified != "" {
		out = append(out, Evidence{"protocol", "identified", strings.TrimSpace(phrase.Clean(s.Identified) + " " + phrase.Clean(s.Product))})
	}
	if f := s.FTP; f != nil {
		out = append(
			out,
			Evidence{"ftp-passive", phrase.Clean(f.Passive), strings.TrimSpace(phrase.Clean(f.Mode) + " " + phrase.Clean(f.Why))},
		)
	}
	return out
}

func tlsDetail(t *evidence.TLS) string {
	parts := []string{"after " + phrase.Duration(t.Handshake)}
	if t.StartTLS != "" {
		parts = append(parts, "after STARTTLS of "+phrase.Clean(t.StartTLS))
	}
	for _, s := range []string{t.Version, t.CipherSuite, t.Alert, t.Problem} {
		if s != "" && (s == t.Problem || !strings.Contains(t.Problem, s)) {
			parts = append(parts, phrase.Clean(s))
		}
	}
	if v := t.Verification; v != nil && v.Error != "" {
		parts = append(parts, "certificate: "+phrase.Clean(v.Error))
	}
	return strings.Join(parts, ", ")
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
