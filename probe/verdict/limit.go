package verdict

import "whyport/probe/evidence"

// limited reports that the port was treated as one that had spoken is treated now: new connections are limited, and this
// run's own have used them up.
func (o *observed) limited() bool {
	l := o.host.Limited
	switch {
	case l == nil || o.udp():
		return false
	case o.icmp != nil:
		return o.best.SameError(l)
	case o.refused():
		return l.ICMP == nil && l.Outcome == evidence.Refused
	}
	return o.silent() && !o.droppedHere() && !o.neverSent() && l.Outcome == evidence.Silent
}

func connectionLimit(o *observed) Verdict {
	v := Verdict{State: Unknown, Reason: ConnectionLimit, Confidence: Likely}
	if o.icmp != nil {
		v.Where = o.atSender()
		v.Where.Confidence = atMost(v.Where.Confidence, Likely)
	}
	return v
}

// Limited reports whether a limit on new connections explains what became of a port.
func Limited(p *evidence.Port, h *evidence.Host) bool { return observe(p, h).limited() }

// AsFar reports that a port whose application spoke is as far away as the reference, which was refused: the answers took
// alike, no router stands there or farther, and an error of the host's own arrives with the TTL of the refusal.
func AsFar(p *evidence.Port, h *evidence.Host) bool {
	o := observe(p, h)
	d, rtt := h.Reference.Distance(), referenceRTT(h)
	took := o.best.RoundTrip()
	return d > 0 && o.farthestRouter() < d && !Sooner(took, rtt) && !Sooner(rtt, took) &&
		(h.Link != nil || h.ArrivalTTL > 0 && o.serverErrorTTL() == h.ArrivalTTL)
}

// Farther reports that a port's application answered in more than twice the time of the reference, which was refused.
func Farther(p *evidence.Port, h *evidence.Host) bool {
	return Sooner(referenceRTT(h), p.Best().RoundTrip())
}

// MayAskAgain reports whether a port that spoke can be connected to once more without harm: a web server, or TLS that is
// no mail or database server's. SSH, mail, FTP and databases count visits that come to nothing, and block who makes many.
func MayAskAgain(p *evidence.Port) bool {
	s := p.Speech
	if p.Protocol != evidence.TCP || !p.Open() || !s.SignOfLife() {
		return false
	}
	switch s.Identified {
	case "http", "https":
		return true
	case "", "tls":
		return s.TLS.Completed() && s.TLS.StartTLS == "" && (s.Usual == "" || s.Usual == "http" || s.Usual == "https")
	}
	return false
}
