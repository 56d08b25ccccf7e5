package speak

import (
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// startTLS upgrades c by the protocol and judges the certificate as if TLS had come first. It reports
// whether the protocol was spoken; where it was not, nothing of it is in the evidence.
func (a *asker) startTLS(c *recorder, p *protocol.Protocol, greeting []byte) bool {
	floor := promisedWait
	if greeting == nil && a.s.Asked != askedStartTLS {
		floor = greetingWait // nobody has said yet that the protocol is spoken at all
	}
	c.within(a.patience(floor, 0.5))
	d := a.dialogue(c, greeting)
	began := time.Now()
	done := p.Upgrade(d)
	if greeting == nil && c.returned() {
		said, n, at := c.heard()
		a.banner(said, n, at.Sub(a.start))
		a.s.Identified, a.s.Banner.Provoked = "echo", true
		return true
	}
	if done.Spoken {
		a.s.Identified = p.Name
		if done.Product != "" {
			a.s.Product = cut(done.Product, maxName)
		}
	}
	if done.Code != "" {
		a.s.Code = done.Code
	}
	if done.Refused {
		a.s.Notes = note(a.s.Notes, evidence.NoteTurnedAway)
	}
	if done.Stranger {
		a.s.Notes = append(a.s.Notes, evidence.NoteDomainUnknown)
	}
	a.s.TLS = notUpgraded(done.How, p.Name)
	if _, n, _ := c.heard(); done.Unanswered || n == 0 && greeting == nil && p.First == protocol.Client {
		a.mute(p.Name, false, c.failed(), time.Since(began))
	}
	if done.How != protocol.UpgradeReady {
		if done.Spoken {
			a.admits(p, c, c)
			a.data(p, c, c)
			a.leave(c, c, p)
		}
		return done.Spoken
	}
	injected := d.Unread() > 0 // CVE-2011-0411: bytes in plaintext that claim to come after the upgrade
	c.within(a.patience(3*time.Second, 0.6))
	h := handshake(c, hello{name: a.ServerName, startTLS: p.Name})
	if h.err != nil && a.interrupted() {
		return done.Spoken
	}
	if injected {
		h.tls.Notes = note(h.tls.Notes, evidence.NoteInjection)
	}
	if quiet(h.tls.State) {
		h = a.whyQuietUpgrade(h)
	}
	a.take(h)
	switch {
	case h.tls.State == evidence.TLSAlert:
		a.afterAlert()
	case h.err == nil:
		switch {
		case p.Data != nil:
			a.data(p, h.conn, c)
		case p.Admits != nil && !h.tls.ClientCert:
			a.admits(p, h.conn, c)
		default:
			a.insists(h, c)
		}
		a.leave(h.conn, c, p)
	}
	return true
}

// notUpgraded is evidence of TLS that was asked about and not to be had; nil for other ends.
func notUpgraded(how protocol.Upgrade, name string) *evidence.TLS {
	code := ""
	switch how {
	case protocol.UpgradeRefused:
		code = evidence.NoteStartTLSRefused
	case protocol.UpgradeNotOffered:
		code = evidence.NoteStartTLSNotOffered
	default:
		return nil
	}
	return &evidence.TLS{State: evidence.TLSNotTried, StartTLS: name, Notes: []string{code}}
}
