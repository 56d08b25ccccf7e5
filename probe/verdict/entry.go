package verdict

import (
	"net/netip"
	"net/url"
	"time"

	"whyport/probe/evidence"
)

// What was answered before a packet has got any farther than the first router, although the address is behind it.

// entered reports that a SYN which no server behind a router can get was answered.
func (o *observed) entered() bool {
	e := o.port.Entry
	return e != nil && e.ICMP == nil && e.Outcome == evidence.Connected && o.host.Link == nil && !o.here()
}

// enteredUnexplained: so it was, and nothing showed what is one hop away: a router that keeps silent and intercepts the
// port, or the host itself.
func (o *observed) enteredUnexplained() bool {
	return o.entered() && !o.isNext()
}

// isNext reports that the address itself is one hop away: it answered a datagram there.
func (o *observed) isNext() bool {
	for _, w := range o.walks() {
		if h := w.At(1); h.ICMP != nil && !h.ICMP.TimeExceeded() && sameAddr(h.Addr, o.port.Addr) {
			return true
		}
	}
	return false
}

// routerNext is the router one hop away: it sent an error of any kind.
func (o *observed) routerNext() netip.Addr {
	for _, w := range o.walks() {
		if h := w.At(1); o.isRouter(h) {
			return h.Addr
		}
	}
	return o.host.Gateway
}

// isRouter reports an ICMP error that neither the address itself nor this computer sent.
func (o *observed) isRouter(h evidence.Hop) bool {
	return h.ICMP != nil && !sameAddr(h.Addr, o.port.Addr) && !o.host.IsOwn(h.Addr) && !h.Addr.IsLoopback()
}

// Proves reports whether a port's application shows where the server is: nothing nearer answered in its place.
func Proves(p *evidence.Port, h *evidence.Host) bool {
	o := observe(p, h)
	if !o.alive() || o.enteredUnexplained() {
		return false
	}
	if t := o.tls(); t != nil && t.Inspection.Sure() {
		return false
	}
	_, nearer := o.imposter()
	return !nearer && Judge(p, h).State == Open
}

// answeredAtEntry reports that this port was accepted before the first router had passed it on, which it does with others.
func (o *observed) answeredAtEntry() bool {
	hop, is := o.imposter()
	return is && hop == 0 && o.entered()
}

// madeThere reports words that came about as soon as the SYN-ACK: whoever passes on what another says needs that one's
// time, too. A proxy that says so (Via; RFC 9110, 7.6.3) may have kept a copy.
func (o *observed) madeThere() bool {
	s := o.speech()
	if s.HTTP != nil && s.HTTP.Via != "" && s.HTTP.Status < 400 {
		return false
	}
	return s.Quickest > 0 && s.Quickest < 3*o.entryTook()+Worth
}

// entryTook is the shortest time in which this port was accepted.
func (o *observed) entryTook() time.Duration {
	took := o.best.RoundTrip()
	if e := o.port.Entry; e != nil && e.Elapsed > 0 && e.Outcome == evidence.Connected {
		took = min(took, e.Elapsed)
	}
	return took
}

// fits reports a certificate for the name from an authority that this computer knows, or whose trust was not looked at.
func fits(t *evidence.TLS) bool {
	if v := t.Verification; v != nil {
		return !refusedCertificate(t) && (v.SystemTrusted == nil || *v.SystemTrusted || v.PublicTrusted != nil && *v.PublicTrusted)
	}
	return true
}

// deviceSpeaks: something at the entry accepted, and said itself what was said; a good certificate is passed on.
func (o *observed) deviceSpeaks() bool {
	return o.alive() && o.answeredAtEntry() && o.madeThere() && !(o.tls().Completed() && fits(o.tls()))
}

func deviceSpeaks(o *observed) Verdict {
	v := Verdict{State: Blocked, Reason: MiddleboxAnswer, Confidence: Likely}
	o.putAtImposter(&v)
	return v
}

// reSigned: something at the entry accepted, took its time as those do who open TLS, and has a certificate from an authority
// that nobody here knows. Servers have such, too, but mostly sign them themselves.
func (o *observed) reSigned() bool {
	t := o.tls()
	if !o.alive() || !o.answeredAtEntry() || !t.Completed() || fits(t) || refusedCertificate(t) {
		return false
	}
	return t.Verification.Error != evidence.CertSelfSigned
}

func reSigned(o *observed) Verdict {
	v := Verdict{State: Unknown, Reason: MiddleboxAnswer, Confidence: Likely}
	o.putAtImposter(&v)
	return v
}

// putAtImposter says where the answer was made that was not the server's.
func (o *observed) putAtImposter(v *Verdict) {
	if hop, _ := o.imposter(); hop > 0 {
		v.Where = o.atDevice(hop, true)
		return
	}
	o.putBeforeTheFirstRouter(v)
}

// putBeforeTheFirstRouter: there is only this computer, the link, and the router's entry; a router takes at least as long as
// its own time-exceeded does.
func (o *observed) putBeforeTheFirstRouter(v *Verdict) {
	took, router := o.entryTook(), o.nearestRTT()
	if took < min(fast, router/2) {
		v.Where = &Where{Party: ThisComputer, Confidence: Likely}
		return
	}
	v.Where = o.atHop(1, false)
	if !v.Where.Address.IsValid() {
		v.Where.Address = o.routerNext()
		v.Where.Party, v.Where.Confidence = o.owner(v.Where.Address, 1)
	}
	if !v.Where.Address.IsValid() {
		v.Where.Hop = 0
	}
	if took < fast {
		v.Where.Confidence, v.Caveats = Possible, append(v.Caveats, TooNear)
	}
}

// sentToPrivate reports that browsers are sent on to a private address although the server's is public: the network's
// sign-in page. What comes with the server's own certificate is the server's.
func (o *observed) sentToPrivate() bool {
	h := o.speech().HTTP
	if !o.alive() || h == nil || h.Status < 300 || h.Status > 399 || isLocalSpace(o.port.Addr) || o.tls().Completed() && fits(o.tls()) {
		return false
	}
	to, err := url.Parse(h.Location)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(to.Hostname())
	return err == nil && isLocalSpace(a)
}
