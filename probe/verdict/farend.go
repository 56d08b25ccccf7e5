package verdict

import (
	"slices"

	"whyport/probe/evidence"
)

// What a listener at the server (whyport listen) adds: which way packets get lost, and who answered.

// farRules come before those of silence and of answers: the far end's word trumps what is inferred from here.
func farRules() []rule {
	return []rule{
		{"far-way-free", func(o *observed) bool { return o.far().Proven && o.taken() && (o.udp() || o.listenerAnswers()) }, wayFree},
		{"far-udp-answers", func(o *observed) bool { return o.udp() && o.far().Proven }, usable(Open, UDPResponse)},
		{"far-answer-lost", func(o *observed) bool { return o.lost() && o.sight().Arrived > 0 && o.sight().Answered > 0 }, answerLost},
		{"far-keeps-out", func(o *observed) bool { return o.gotThere() && o.keptOut() }, keepsOut},
		{"far-queue-full", func(o *observed) bool { return o.gotThere() && o.queueFull() }, unansweredThere},
		{"far-unanswered", func(o *observed) bool { return o.lost() && o.sight().Arrived > 0 }, unansweredThere},
		{"far-never-arrived", func(o *observed) bool { return o.lost() && o.nothingArrived() }, neverArrived},
		{"far-not-bound", func(o *observed) bool { return o.refused() && !o.refusedNearer() && !o.instant() && o.notBound() }, notBound},
		{"far-reset-forged", func(o *observed) bool { return o.refused() && !o.local() && !o.here() && o.wasNotThere() }, forgedOnTheWay},
		{"far-answer-forged", func(o *observed) bool { return o.connected() && !o.here() && o.wasNotThere() }, answeredOnTheWay},
		{"far-end-answers", (*observed).listenerAnswers, usable(Open, SynAck)},
	}
}

// ByFarEnd reports a verdict that the listener's word decided.
func ByFarEnd(v Verdict) bool {
	return slices.ContainsFunc(farRules(), func(r rule) bool { return r.name == v.Rule })
}

// far is what the listener told of the port; never nil.
func (o *observed) far() *evidence.FarEnd {
	if o.port.FarEnd == nil {
		return &evidence.FarEnd{}
	}
	return o.port.FarEnd
}

// sight is what it saw of the run's packets; never nil.
func (o *observed) sight() *evidence.Sight {
	if s := o.far().Sight; s != nil {
		return s
	}
	return &evidence.Sight{}
}

// lost: packets left, no answer came, and the listener could tell of it.
func (o *observed) lost() bool {
	return o.silent() && !o.here() && o.far().Sight != nil && LeftThisComputer(o.port)
}

func (o *observed) nothingArrived() bool { return o.far().Sight != nil && o.sight().Arrived == 0 }

// wasNotThere: TCP answered, and the listener, which has the port, saw no packet of it: somebody else answered. A client that
// comes from several addresses (a provider's NAT) would be among the others.
func (o *observed) wasNotThere() bool {
	s := o.sight()
	return !o.udp() && o.nothingArrived() && s.Held && s.Others == 0 && !s.Code && !o.far().Proven
}

// listenerAnswers: the listener itself answered, and nothing else is wrong with what was said: TLS as it was sent, if tried.
func (o *observed) listenerAnswers() bool {
	tls := o.far().TLS
	return o.connected() && o.far().Proven && (tls == evidence.FarTLSIntact || tls == "" && o.tls() == nil)
}

// answerLost: the answer was sent, and did not get here. From this end nothing shows where it is lost.
func answerLost(o *observed) Verdict {
	s := o.sight()
	v := Verdict{State: Filtered, Reason: NoResponse, Confidence: Certain, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
	if s.Code || !s.Same && !sameSource(o) {
		v.Confidence = Likely
	}
	return v
}

// sameSource: the packets are known by their address, which no NAT gave them.
func sameSource(o *observed) bool {
	for _, a := range o.port.Attempts {
		if a.Source.Addr().IsValid() && sameAddr(a.Source.Addr(), o.sight().Source.Addr()) {
			return true
		}
	}
	return false
}

// unansweredThere: it arrived on the wire, and no answer left the server.
func unansweredThere(o *observed) Verdict {
	v := answerLost(o)
	if o.far().Sight == nil {
		v.Confidence = Likely
	}
	v.Where = &Where{Party: Server, Address: o.port.Addr, Confidence: v.Confidence}
	return v
}

// neverArrived: packets are lost on the way there. Where is what is known from here; what says that it may be the way back, or
// the program's queue, is disproved. Unless the wire was looked at the server's own firewall may be it.
func neverArrived(o *observed) Verdict {
	v, s := filtered(o), o.sight()
	if o.udp() {
		v = silentDatagram(o)
		v.State, v.Reason = Filtered, NoResponse
	}
	v.Caveats = without(v.Caveats, ReturnPath, FullBacklog)
	if v.Confidence = Certain; s.Others > 0 || s.Code {
		v.Confidence = Likely
	}
	if w := v.Where; s.Captured && w != nil && w.OrNext && o.serverAt() == w.Hop+1 {
		where := *w
		where.OrNext = false // what comes next is the server, and it would have seen them
		v.Where = &where
	}
	return v
}

// forgedOnTheWay: a RST that the server did not send.
func forgedOnTheWay(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: ResetByMiddlebox, Confidence: Certain}
	v.Where = o.onTheWay()
	return v
}

// answeredOnTheWay: a connection that the server knows nothing of.
func answeredOnTheWay(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Certain}
	v.Where = o.onTheWay()
	return v
}

// onTheWay is where something nearer than the server answered, as far as it is known.
func (o *observed) onTheWay() *Where {
	if hop, is := o.imposter(); is && hop > 0 && hop != unknownHop {
		return o.atDevice(hop, true)
	}
	return &Where{Party: PartyUnknown, Confidence: Possible}
}
