package verdict

import (
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/services/wants"
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
		{"inspected-host", (*observed).onlyTrueHost, hostFilter},
		{"block-page", func(o *observed) bool { return o.alive() && o.blockPage() != "" }, blockPage},
		{"sent-to-a-private-address", (*observed).sentToPrivate, blockPage},
		{"device-speaks", (*observed).deviceSpeaks, deviceSpeaks},
		{"re-signed-nearer", (*observed).reSigned, reSigned},
		{"foreign-http", func(o *observed) bool { return o.alive() && o.foreignHTTP() }, blockPage},
		{"big-hello-dropped", func(o *observed) bool { return o.quiet() && o.noted(evidence.NoteBigHelloDropped) }, sizeDecides},
		{"large-packets-lost", func(o *observed) bool { return o.quiet() && o.noted(evidence.NoteLargePacketsLost) }, sizeDecides},
	}
}

// dataFails: a protocol's data connections do not get through.
func (o *observed) dataFails() bool {
	f := o.speech().FTP
	return f != nil && (f.Passive == "refused" || f.Passive == "no-response" || f.Passive == "failed")
}

// speech is what was said; never nil.
func (o *observed) speech() *evidence.Speech {
	if o.port.Speech == nil {
		return &evidence.Speech{}
	}
	return o.port.Speech
}

func (o *observed) tls() *evidence.TLS { return o.speech().TLS }

// alive reports that the connection stood and application data came back.
func (o *observed) alive() bool { return o.connected() && o.port.Speech.SignOfLife() }

// asked reports that the connection stood and one of these was asked of it.
func (o *observed) asked(what ...string) bool {
	return o.connected() && slices.Contains(what, o.speech().Asked)
}

// askedProtocol reports that a protocol was asked for by its name, other than those with rules of their own.
func (o *observed) askedProtocol() bool {
	asked := o.speech().Asked
	return asked != wants.Anything && !slices.Contains(wants.Expectations(), asked)
}

// quiet reports that a ClientHello, sent first of all, got no word back.
func (o *observed) quiet() bool {
	t := o.tls()
	return o.connected() && t != nil && t.StartTLS == "" && isQuiet(t.State)
}

func isQuiet(s evidence.TLSState) bool {
	return s == evidence.TLSReset || s == evidence.TLSEOF || s == evidence.TLSNoResponse
}

func (o *observed) noted(code string) bool {
	return o.tls() != nil && slices.Contains(o.tls().Notes, code)
}

// refusedCertificate: what every program that looks at certificates refuses, whatever roots it carries.
func refusedCertificate(t *evidence.TLS) bool {
	if t == nil || t.Verification == nil {
		return false
	}
	v := t.Verification
	no := func(b *bool) bool { return b != nil && !*b }
	switch v.Error {
	case evidence.CertRevoked, evidence.CertStolenAuthority,
		evidence.CertNameConstraints, evidence.CertPathLength, evidence.CertNotCA, evidence.CertCriticalExtension:
		return true
	}
	return no(v.NameOK) || no(v.TimeOK)
}

// openFor: the application is there, and of use or not.
func openFor(use bool) outcome {
	return func(o *observed) Verdict {
		v := Verdict{State: Open, Reason: SynAck, Usable: use}
		if _, is := o.imposter(); is {
			v.Caveats = append(v.Caveats, TransparentProxy)
		} else if o.enteredUnexplained() {
			v.Confidence = Likely
		}
		if o.noted(evidence.NoteUnsteady) && !o.disagreed() {
			v.Caveats = append(v.Caveats, Disagreed)
		}
		return v
	}
}

// tlsResetTooSoon reports a reset that came back in less than half the time that the server needs.
func (o *observed) tlsResetTooSoon() bool {
	t := o.tls()
	return !o.here() && t != nil && t.State == evidence.TLSReset && t.Handshake > 0 && Sooner(t.Handshake, o.host.RTT)
}

func tlsResetNearer(o *observed) Verdict {
	return Verdict{State: Blocked, Reason: TLSReset, Confidence: Likely, Caveats: []Caveat{NothingSpoke}, Where: o.withinReach(o.soonestReset())}
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
	return Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Possible, Caveats: []Caveat{NothingSpoke, NoWindow}, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
}

func (o *observed) blockPage() string {
	if h := o.speech().HTTP; h != nil {
		return h.BlockPage
	}
	return ""
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
		if o.tlsResetTooSoon() {
			v.Where = o.withinReach(o.soonestReset())
		}
		return v
	}
}

// soonestReset is the shortest time after which a ClientHello was reset: delays only make it longer.
func (o *observed) soonestReset() time.Duration {
	soonest := o.tls().Handshake
	for _, v := range o.tls().Variants {
		if v.State == evidence.TLSReset && v.After > 0 {
			soonest = min(soonest, v.After)
		}
	}
	return soonest
}

// withinReach is the farthest place from which an answer can come in a time: behind the last hop whose own answer was
// as fast, give or take what a single round trip varies; or this computer, where it took less than half of the way to
// the first router. Possible at most.
func (o *observed) withinReach(took time.Duration) *Where {
	nearest := o.nearestRTT()
	if took < fast && took < nearest/2 {
		return &Where{Party: ThisComputer, Confidence: Possible}
	}
	var hop uint8
	if nearest > 0 {
		hop = 1
	}
	for _, w := range o.walks() {
		for _, h := range w.Hops {
			if h.ICMP != nil && h.ICMP.TimeExceeded() && h.RTT <= took+took/2+time.Millisecond {
				hop = max(hop, h.TTL)
			}
		}
	}
	w := o.atHop(hop, true)
	w.Confidence = Possible
	return w
}

// givenUp is for a port that was asked and not waited for: nothing was established.
func givenUp(*observed) Verdict {
	return Verdict{State: Unknown, Reason: Interrupted}
}
