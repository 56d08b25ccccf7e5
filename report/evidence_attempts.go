package report

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

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
