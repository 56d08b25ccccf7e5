package speak

import (
	"time"

	"whyport/probe/evidence"
)

// take makes a handshake the evidence, with its certificate judged.
func (a *asker) take(h *handshaken) {
	t := h.tls
	t.ChainLength = len(h.chain)
	if len(h.chain) > 0 {
		j := judge(h.chain, question{
			name: t.ServerName, addr: a.To.Addr(), now: time.Now(),
			system: a.system(), public: a.Public, mozilla: a.Public == nil && a.Roots != nil,
			ocsp: h.ocsp, known: a.known(),
		})
		t.Certificate = j.of.certificate()
		t.Verification, t.OCSP = &j.verification, j.ocsp
		t.Inspection = inspected(j)
		for _, n := range j.notes {
			t.Notes = note(t.Notes, n)
		}
		if t.State == evidence.TLSOK && j.verification.Error != "" {
			t.State = evidence.TLSUntrusted
		}
	}
	a.s.TLS = &t
	if t.Completed() && t.StartTLS == "" {
		a.s.Identified = "tls"
		if t.ALPN == "h2" || t.ALPN == "http/1.1" {
			a.s.Identified = "https"
		}
	}
}

// insists finds out whether a server that asked for a client certificate goes on without one: with TLS 1.3 it says so
// only after the handshake (RFC 8446 section 4.4.2.4).
func (a *asker) insists(h *handshaken, c *recorder) {
	if h.tls.ClientCert && h.tls.Version == "TLS 1.3" {
		_, _ = a.overhear(h, c, min(2*a.RTT+500*time.Millisecond, 2*time.Second))
	}
}

// overhear reads what is on its way in a completed session. An alert, or the end of the connection, after a request
// for a client certificate, which was not given, is its refusal.
func (a *asker) overhear(h *handshaken, c *recorder, wait time.Duration) ([]byte, error) {
	c.within(wait)
	buf := make([]byte, bannerBytes)
	n, err := h.conn.Read(buf)
	if h.tls.ClientCert && n == 0 {
		a.refusedWithout(err)
	}
	return buf[:n], err
}

// refusedWithout notes that a session ended because no client certificate was given.
func (a *asker) refusedWithout(err error) {
	code, refused := remoteAlert(err)
	if refused {
		a.s.TLS.Alert = alertName(code)
	}
	if refused || ended(err) || isReset(err) {
		a.s.TLS.Notes = note(a.s.TLS.Notes, evidence.NoteClientCertRequired)
	}
}

// afterAlert tells a server that does not know the name, or wants its own protocol, from one that
// refuses everybody.
func (a *asker) afterAlert() {
	first := a.s.TLS
	if first.ClientCert {
		return // it wants a client certificate, whatever the name
	}
	switch first.Alert {
	case "handshake_failure", "insufficient_security", "protocol_version":
		if every := a.everyMethod(first); every != nil && every.tls.State == evidence.TLSFailed {
			a.take(every)
			return
		} else if every != nil {
			first.Variants = append(first.Variants, variantOf("every-method", every))
		}
	}
	h := hello{name: a.ServerName, noALPN: true, startTLS: first.StartTLS}
	kind := "no-alpn"
	if first.Alert != "no_application_protocol" {
		if a.ServerName == "" {
			return
		}
		h, kind = hello{startTLS: first.StartTLS}, "no-name"
	}
	got := a.variant(a.ctx, h, a.patience(2*time.Second, 0.6))
	if got == nil {
		return
	}
	if kind == "no-alpn" && got.tls.State == evidence.TLSOK {
		a.take(got)
		a.s.TLS.Variants = []evidence.TLSVariant{{Kind: "first", State: first.State, Alert: first.Alert, After: first.Handshake}}
		return
	}
	a.s.TLS.Variants = append(a.s.TLS.Variants, variantOf(kind, got))
}
