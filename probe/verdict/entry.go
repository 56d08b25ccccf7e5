package verdict

import (
	"net/netip"
	"net/url"
	"time"

	"whyport/probe/evidence"
)

// What was answered before a packet has got any farther than the first router, although the address is behind it.

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
func (o *observed) entryTook() time.Duration { return o.entryAnswer().RoundTrip() }

// entryAnswer is the acceptance that took it.
func (o *observed) entryAnswer() *evidence.Attempt {
	if e := o.port.Entry; e != nil && e.Elapsed > 0 && e.Outcome == evidence.Connected && e.Elapsed < o.best.RoundTrip() {
		return e
	}
	return o.best
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
	if took < min(fast, router/2) && !ofAnother(o.entryAnswer()) {
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

// sentToPrivate reports that browsers are sent on to an address that is nobody's on the Internet although the server's is
// public: the network's sign-in page. What comes with the server's own certificate is the server's.
func (o *observed) sentToPrivate() bool {
	to := o.sentTo()
	if to == nil || isLocalSpace(o.port.Addr) {
		return false
	}
	a, err := netip.ParseAddr(to.Hostname())
	return err == nil && a != o.port.Addr && (isLocalSpace(a) || portalSpace.Contains(a.Unmap()))
}

// portalSpace is documentation's (RFC 5737), of which wireless controllers have taken the address of their sign-in page
// (192.0.2.1: Cisco, "Best Practices for Virtual IP Address", Catalyst 9800).
var portalSpace = netip.MustParsePrefix("192.0.2.0/24")

// sentAbroad reports a page that does nothing but send browsers on to another owner's site: a sign-in page, too. A redirect
// proves less: servers have them for old names and for sign-in by others.
func (o *observed) sentAbroad() bool {
	h := o.speech().HTTP
	return o.sentTo() != nil && h.Foreign && h.Refresh != ""
}

// sentTo is where an answer sends browsers, unless it came with the server's own certificate; nil where it does not.
func (o *observed) sentTo() *url.URL {
	h := o.speech().HTTP
	if !o.alive() || h == nil || o.tls().Completed() && fits(o.tls()) {
		return nil
	}
	to := h.Refresh
	if h.Status >= 300 && h.Status <= 399 {
		to = h.Location
	}
	u, err := url.Parse(to)
	if to == "" || err != nil {
		return nil
	}
	return u
}
