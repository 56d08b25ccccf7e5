package verdict

import (
	"slices"

	"whyport/probe/evidence"
)

// spoken: a SYN-ACK answered. What spoke behind it, who else had a say, and was it what was asked for?
func spoken() []rule {
	return slices.Concat(meddling(), application(), []rule{
		{"refused-behind", (*observed).refusedBehind, refusedBehind},
		{"imposter-answers", func(o *observed) bool { _, is := o.imposter(); return o.connected() && is }, middlebox},
		{"answers-every-port", func(o *observed) bool { return o.connected() && o.acceptsEveryPort() }, everyPort},
		{"no-window", (*observed).noWindow, noWindow},
	}, unspoken())
}

// meddling: something on the way answered, or chose what may be said.
func meddling() []rule {
	return []rule{
		{"inspected-name", func(o *observed) bool { return o.onlyTrueName(evidence.TLSReset, evidence.TLSEOF) }, nameFilter(SNIReset)},
		{"inspected-name-silent", func(o *observed) bool { return o.onlyTrueName(evidence.TLSNoResponse) }, nameFilter(SNINoResponse)},
		{"inspected-host", func(o *observed) bool { return o.connected() && onlyTrueHost(o.speech()) }, hostFilter},
		{"block-page", func(o *observed) bool { return o.alive() && o.blockPage() != "" }, blockPage},
		{"page-too-soon", func(o *observed) bool { return o.alive() && !o.here() && pageSooner(o.speech(), o.host.RTT) }, pageTooSoon},
		{"sent-to-a-private-address", (*observed).sentToPrivate, blockPage},
		{"sent-to-a-foreign-site", (*observed).sentAbroad, blockPage},
		{"device-speaks", (*observed).deviceSpeaks, deviceSpeaks},
		{"re-signed-nearer", (*observed).reSigned, reSigned},
		{"foreign-http", func(o *observed) bool { return o.alive() && o.foreignHTTP() }, blockPage},
		{"big-hello-dropped", func(o *observed) bool { return o.quiet() && o.noted(evidence.NoteBigHelloDropped) }, sizeDecides},
		{"large-packets-lost", func(o *observed) bool { return o.quiet() && o.noted(evidence.NoteLargePacketsLost) }, sizeDecides},
	}
}

// sizeDecides: a small ClientHello, or one in small packets, is answered and a large one is not. Old server software does
// the first, too.
func sizeDecides(o *observed) Verdict {
	return Verdict{State: Blocked, Reason: o.quietReason(), Confidence: Likely, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
}

func middlebox(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Likely, Caveats: []Caveat{NothingSpoke}}
	o.putAtImposter(&v)
	return v
}

// everyPort: improbable ports answer, too, and nobody spoke: a device answers in the server's place.
func everyPort(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Likely, Caveats: []Caveat{NothingSpoke, AcceptsEveryPort}}
	switch d := o.answeredAt(); {
	case d > 1:
		v.Where = o.atHop(d-1, true)
		v.Where.Confidence = Possible
	case d == 1 && o.host.Link == nil:
		o.putBeforeTheFirstRouter(&v)
	default:
		v.Where = &Where{Party: PartyUnknown, Confidence: Possible}
	}
	return v
}

// noWindow: the SYN-ACK came with window 0 and nobody spoke.
func noWindow(o *observed) Verdict {
	return Verdict{
		State:      Blocked,
		Reason:     MiddleboxAnswer,
		Confidence: Possible,
		Caveats:    []Caveat{NothingSpoke, NoWindow},
		Where:      &Where{Party: PartyUnknown, Confidence: Possible},
	}
}

// foreignHTTP reports HTTP without TLS on a port whose number belongs to another protocol, made nearer than the server: a
// captive portal or a proxy answers so on every port. Without the second it is a web server on an unusual port.
func (o *observed) foreignHTTP() bool {
	s := o.speech()
	_, nearer := o.imposter()
	return nearer && s.HTTP != nil && s.Identified == "http" && s.Usual != "" && s.Usual != "http" && s.Usual != "https"
}

// blockPage: a device's page came instead of the server's answer.
func blockPage(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Likely, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
	if _, is := o.imposter(); is {
		o.putAtImposter(&v)
	}
	return v
}

// onlyTrueName reports that TLS with the true server name ended in one of these states, again without the large key
// shares, while the same port answered another name or none. An alert is small enough to pass where a certificate
// does not (path MTU), so it proves nothing where the rest is silence.
func (o *observed) onlyTrueName(states ...evidence.TLSState) bool {
	t := o.tls()
	if !o.quiet() || t.ServerName == "" || !slices.Contains(states, t.State) {
		return false
	}
	again, other := false, false
	for _, v := range t.Variants {
		completed := v.State == evidence.TLSOK || v.State == evidence.TLSUntrusted
		switch v.Kind {
		case "small-hello":
			again = isQuiet(v.State)
		case "neutral-name", "no-name":
			other = other || completed || v.State == evidence.TLSAlert && t.State != evidence.TLSNoResponse
		}
	}
	return again && other
}

func nameFilter(r Reason) outcome {
	return func(o *observed) Verdict {
		v := Verdict{State: Blocked, Reason: r, Confidence: Likely, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
		if o.tlsCutTooSoon() {
			o.putWithinReach(&v, o.soonestCut())
		}
		return v
	}
}
