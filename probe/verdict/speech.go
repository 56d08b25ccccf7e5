package verdict

import (
	"time"

	"whyport/probe/evidence"
)

// asked reports whether TLS, or a named protocol, was asked of the port.
func (o *observed) asked() bool {
	s := o.port.Speech
	return s != nil && s.Asked != "" && s.Asked != "plain"
}

func (o *observed) tls() *evidence.TLS {
	if o.port.Speech == nil {
		return nil
	}
	return o.port.Speech.TLS
}

// refusedCertificate: what every program that looks at certificates refuses, whatever roots it carries.
func refusedCertificate(t *evidence.TLS) bool {
	v := t.Verification
	if v == nil {
		return false
	}
	no := func(b *bool) bool { return b != nil && !*b }
	return no(v.NameOK) || no(v.TimeOK) || v.Error == "revoked"
}

// spoke: application data came back, so something stands behind the port; usable if it is what was asked for.
func spoke(o *observed) Verdict {
	v := Verdict{State: Open, Reason: SynAck, Usable: true}
	t := o.tls()
	switch o.port.Speech.Asked {
	case "tls", "starttls":
		v.Usable = t.Completed() && !refusedCertificate(t)
	case "ssh":
		v.Usable = o.port.Speech.Identified == "ssh" || t.Completed() && !refusedCertificate(t)
	default:
		v.Usable = !t.Completed() || !refusedCertificate(t)
	}
	if _, is := o.imposter(); is {
		v.Caveats = append(v.Caveats, TransparentProxy)
	}
	return v
}

// mute: TLS or a protocol was asked for, TCP connected, and nothing was said.
func mute(o *observed) Verdict {
	v := Verdict{State: Unknown, Reason: TLSNoResponse, Confidence: Likely, Caveats: []Caveat{NothingSpoke}}
	if t := o.tls(); t != nil {
		switch t.State {
		case evidence.TLSReset:
			v.Reason = TLSReset
		case evidence.TLSEOF:
			v.Reason = TLSEOF
		}
	} else {
		v.Reason = SynAck
	}
	if o.tlsResetTooSoon() {
		v.State, v.Where = Blocked, o.withinReach(o.tls().Handshake)
	}
	return v
}

// tlsResetTooSoon reports a reset that came back in less than half the time that the server needs.
func (o *observed) tlsResetTooSoon() bool {
	t := o.tls()
	return t != nil && t.State == evidence.TLSReset && t.Handshake > 0 && t.Handshake < o.host.RTT/2
}

// connectedOnly: a TCP connection, and nobody spoke although nothing was asked for.
func connectedOnly(o *observed) Verdict {
	return Verdict{State: Open, Reason: SynAck, Usable: true, Confidence: Likely, Caveats: []Caveat{NothingSpoke}}
}

func middlebox(o *observed) Verdict {
	hop, _ := o.imposter()
	return Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Likely, Caveats: []Caveat{NothingSpoke}, Where: o.atHop(hop, true)}
}

// everyPort: improbable ports answer, too, and nobody spoke: a device answers in the server's place.
func everyPort(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Likely, Caveats: []Caveat{NothingSpoke, AcceptsEveryPort}}
	if d := o.answeredAt(); d > 1 {
		v.Where = o.atHop(d-1, true)
		v.Where.Confidence = Possible
	} else {
		v.Where = &Where{Party: PartyUnknown, Confidence: Possible}
	}
	return v
}

// noWindow: the SYN-ACK came with window 0 and nobody spoke.
func noWindow(o *observed) Verdict {
	return Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Possible, Caveats: []Caveat{NothingSpoke, NoWindow}, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
}

func (o *observed) blockPage() string {
	if s := o.port.Speech; s != nil && s.HTTP != nil {
		return s.HTTP.BlockPage
	}
	return ""
}

// blockPage: a security product's page came instead of the server's.
func blockPage(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Likely, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
	if hop, is := o.imposter(); is {
		v.Where = o.atHop(hop, true)
	}
	return v
}

// onlyTrueNameReset reports that TLS with the true server name was reset while the same port answered another name
// or none.
func (o *observed) onlyTrueNameReset() bool { return o.onlyTrueName(evidence.TLSReset) }

// onlyTrueNameSilent is the same for silence.
func (o *observed) onlyTrueNameSilent() bool { return o.onlyTrueName(evidence.TLSNoResponse) }

func (o *observed) onlyTrueName(s evidence.TLSState) bool {
	t := o.tls()
	if t == nil || t.State != s || t.ServerName == "" {
		return false
	}
	for _, v := range t.Variants {
		if v.Kind != "neutral-name" && v.Kind != "no-name" {
			continue
		}
		switch v.State {
		case evidence.TLSOK, evidence.TLSUntrusted, evidence.TLSAlert:
			return true
		}
	}
	return false
}

func nameFilter(r Reason) outcome {
	return func(o *observed) Verdict {
		v := Verdict{State: Blocked, Reason: r, Confidence: Likely, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
		if o.tlsResetTooSoon() {
			v.Where = o.withinReach(o.tls().Handshake)
		}
		return v
	}
}

// withinReach is the farthest place from which an answer can come in a time: behind the last hop whose own answer was
// as fast. A single round trip is a weak witness, so it is possible at most.
func (o *observed) withinReach(took time.Duration) *Where {
	var hop uint8
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && h.ICMP.TimeExceeded() && h.RTT <= took {
				hop = max(hop, h.TTL)
			}
		}
	}
	w := o.atHop(hop, true)
	w.Confidence = Possible
	return w
}
