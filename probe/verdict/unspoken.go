package verdict

import "whyport/probe/evidence"

// unspoken: a SYN-ACK answered, and nobody spoke. Was a word promised, or the conversation ended?
func unspoken() []rule {
	return []rule{
		{"cut-off-at-once", func(o *observed) bool { return o.best.Cut }, hungUp},
		{
			"proxy-connected",
			func(o *observed) bool { return o.connected() && o.best.Through && !o.asked("tls", "starttls", "ssh") },
			throughProxy,
		},
		{"hung-up", func(o *observed) bool { return o.connected() && o.speech().Listened() != nil }, hungUp},
		{"tls-reset-nearer", func(o *observed) bool { return o.asked("tls") && o.tlsCutTooSoon() }, tlsResetNearer},
		{"asked-interrupted", func(o *observed) bool { return o.asked("tls", "starttls", "ssh") && o.speech().Interrupted }, givenUp},
		{"asked-but-mute", func(o *observed) bool { return o.asked("tls", "starttls", "ssh") || o.connected() && o.askedProtocol() }, mute},
		{"request-unanswered", func(o *observed) bool { return o.connected() && o.requestUnanswered() != nil }, requestUnanswered},
		{"promised-but-mute", (*observed).promisedButMute, mute},
		{"listened-only", func(o *observed) bool { return o.connected() && o.listenedOnly() }, listened},
		{"ended-when-spoken-to", (*observed).endedWhenSpokenTo, says(Unknown, EndedWhenSpokenTo)},
		{"connected-no-tls", func(o *observed) bool { return o.connected() && o.tls() != nil && isQuiet(o.tls().State) }, connectedOnly},
		{"connected", (*observed).connected, connectedOnly},
	}
}

// endedWhenSpokenTo reports that nothing was promised, and that the other side ended each conversation once something was
// said to it: a strict server of a protocol of its own does that, and so does a balancer or forwarder whose server is gone.
// So does one whose greeting got lost.
func (o *observed) endedWhenSpokenTo() bool {
	t := o.tls()
	return o.connected() && !o.speech().Lossy && t != nil && (t.State == evidence.TLSReset || t.State == evidence.TLSEOF)
}

// throughProxy: it is the proxy's word that the connection stands, and nobody spoke. Some proxies say so before they know.
func throughProxy(*observed) Verdict {
	return Verdict{State: Open, Reason: SynAck, Usable: true, Confidence: Possible, Caveats: []Caveat{NothingSpoke}}
}

// hungUp: the other side ended a conversation in which nothing had been said to it: a balancer without a server, an access
// list, a forwarder whose program is gone.
// Whether connect or the first read meets its reset is chance.
func hungUp(*observed) Verdict {
	return Verdict{State: Open, Reason: HungUp, Confidence: Likely}
}

// requestUnanswered is a request that got no answer where HTTP is promised; nil where there was none.
func (o *observed) requestUnanswered() *evidence.Mute {
	s := o.speech()
	if s.Asked != "http" && s.Usual != "http" && s.Usual != "https" || o.asked("tls", "starttls") {
		return nil
	}
	return o.unanswered(evidence.MuteRequest)
}

func requestUnanswered(o *observed) Verdict {
	return Verdict{State: Unknown, Reason: httpReason(o.requestUnanswered()), Confidence: Likely}
}

func httpReason(m *evidence.Mute) Reason {
	switch m.End {
	case evidence.EndReset:
		return HTTPReset
	case evidence.EndEOF:
		return HTTPEOF
	}
	return HTTPNoResponse
}

// promisedButMute: the port's usual service greets, or must answer its own question, and did not.
func (o *observed) promisedButMute() bool {
	s := o.speech()
	if !o.connected() || s.Usual == "" || o.listenedOnly() {
		return false
	}
	return o.unanswered(s.Usual) != nil || o.unanswered("") != nil
}

// hostFilter: something looks at the host of a request.
func hostFilter(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: HostNoResponse, Confidence: Likely, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
	m := o.unanswered(evidence.MuteRequest)
	if m.End == evidence.EndSilent {
		return v
	}
	v.Reason = HostReset
	if !o.here() && Sooner(m.After, o.host.RTT) {
		o.putWithinReach(&v, m.After)
	}
	return v
}

// unansweredInside: TLS works, and what stands behind it ended the conversation, or kept silent, where its protocol must
// speak: a relay whose service is gone.
func unansweredInside(o *observed) Verdict {
	v := openFor(false)(o)
	if m := o.speech().Unanswered(); m.Said == evidence.MuteRequest {
		v.Reason = httpReason(m)
	}
	return v
}

// mute: TLS or a protocol was asked for, TCP connected, and nothing was said.
func mute(o *observed) Verdict {
	v := Verdict{State: Unknown, Reason: SynAck, Confidence: Likely, Caveats: []Caveat{NothingSpoke}}
	if o.asked("tls") {
		v.Reason = o.quietReason()
	}
	return v
}

// connectedOnly: a TCP connection, and nobody spoke although nothing was asked for.
func connectedOnly(o *observed) Verdict {
	return Verdict{State: Open, Reason: SynAck, Usable: true, Confidence: Likely, Caveats: []Caveat{NothingSpoke}}
}

// listened: nothing was sent on purpose, so silence says nothing.
func listened(o *observed) Verdict {
	return Verdict{State: Open, Reason: SynAck, Usable: true, Confidence: Likely}
}

// givenUp is for a port that was asked and not waited for: nothing was established.
func givenUp(*observed) Verdict {
	return Verdict{State: Unknown, Reason: Interrupted}
}
