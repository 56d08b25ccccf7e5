package speak

import (
	"net"
	"slices"
	"time"

	"whyport/probe/evidence"
)

// askTLS says ClientHello on c and follows what comes of it.
func (a *asker) askTLS(c *recorder) {
	h := a.patientHandshake(c)
	if h == nil {
		return // interrupted: nothing is known
	}
	a.take(h)
	switch h.tls.State {
	case evidence.TLSOK, evidence.TLSUntrusted:
		a.inside(h, c)
	case evidence.TLSPlaintext, evidence.TLSNotTLS:
		a.plaintext(c, h)
	case evidence.TLSAlert:
		a.afterAlert()
	}
}

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

// inside looks into a completed session where it costs nothing (a greeting that is on its way) or
// where something opens TLS on the way (its block page).
func (a *asker) inside(h *handshaken, c *recorder) {
	if a.usual.tls && a.usual.greets && a.s.TLS.ALPN == "" {
		if said := a.overhear(h, c); len(said) > 0 {
			a.banner(said, len(said), time.Since(a.start))
			a.identify(said)
			if a.turnedAway(said) {
				return
			}
		}
		if a.s.Identified == "ftp" {
			a.passive(h.conn, c)
		}
		return
	}
	a.insists(h, c)
	if (a.s.TLS.Inspection != nil || a.strange()) && (h.tls.ALPN != "" || a.usual.protocol == "https") {
		a.lookInside(h, c)
	}
}

// strange reports whether a certificate may be that of something in the server's place: a sign-in page or a filter has no
// certificate for the name that programs trust.
func (a *asker) strange() bool {
	switch v := a.s.TLS.Verification; {
	case a.s.TLS.State != evidence.TLSUntrusted || v == nil:
		return false
	case v.NameOK != nil && !*v.NameOK:
		return true
	default:
		return v.Error == evidence.CertUnknownAuthority || v.Error == evidence.CertMissingIntermediate && !slices.Contains(a.s.TLS.Notes, evidence.NotePublicLeaf)
	}
}

// insists finds out whether a server that asked for a client certificate goes on without one: with TLS 1.3 it says so
// only after the handshake (RFC 8446 section 4.4.2.4).
func (a *asker) insists(h *handshaken, c *recorder) {
	if h.tls.ClientCert && h.tls.Version == "TLS 1.3" {
		a.overhear(h, c)
	}
}

// overhear reads what is on its way in a completed session. An alert, or the end of the connection, after a request
// for a client certificate, which was not given, is its refusal.
func (a *asker) overhear(h *handshaken, c *recorder) []byte {
	c.within(min(2*a.RTT+500*time.Millisecond, 2*time.Second))
	buf := make([]byte, bannerBytes)
	n, err := h.conn.Read(buf)
	code, refused := remoteAlert(err)
	if refused && h.tls.ClientCert {
		a.s.TLS.Alert = alertName(code)
	}
	if h.tls.ClientCert && n == 0 && (refused || ended(err) || isReset(err)) {
		a.s.TLS.Notes = note(a.s.TLS.Notes, evidence.NoteClientCertRequired)
	}
	return buf[:n]
}

// lookInside asks a session that may be a device's for its page. HTTP/2 was agreed on by most: that needs
// another handshake without it.
func (a *asker) lookInside(h *handshaken, c *recorder) {
	conn := net.Conn(h.conn)
	if h.tls.ALPN == "h2" {
		if conn = a.sessionAgain(); conn == nil {
			return
		}
		defer func() { _ = conn.Close() }()
	} else {
		c.within(a.patience(pageWait, 0.5))
	}
	a.page(conn, a.sessionAgain)
}

// sessionAgain is another session, for HTTP/1; nil where there is none to be had.
func (a *asker) sessionAgain() net.Conn {
	c, err := a.open(a.ctx)
	if err != nil {
		return nil
	}
	c.within(a.patience(2*pageWait, 0.5))
	h := handshake(c, hello{name: a.ServerName, noALPN: true})
	if h.err != nil {
		_ = c.Close()
		return nil
	}
	return h.conn
}

// plaintext follows an answer to ClientHello that is not TLS.
func (a *asker) plaintext(c *recorder, h *handshaken) {
	_, n, at := c.heard()
	said := h.said
	if n < bannerBytes {
		// A greeting in several packets: take what is there already.
		more, _ := c.listen(lullTime)
		said, n = append(said, more...), n+len(more)
	}
	a.banner(said, n, at.Sub(a.start))
	a.identify(said)
	protocol := a.s.Identified
	a.s.Banner.Provoked = !greets(protocol)
	_ = c.Close()
	if protocol != "smtp" && a.turnedAway(said) { // SMTP servers that make callers wait refuse those who begin
		return
	}
	switch {
	case protocol == "http":
		a.s.HTTP = statusOf(said)
		if a.s.HTTP != nil && a.s.HTTP.BlockPage != "" {
			return
		}
		if c, err := a.open(a.ctx); err == nil {
			defer func() { _ = c.Close() }()
			a.askHTTP(c)
		}
	case a.s.Asked != askedTLS && upgraderOf(protocol) != nil:
		c, err := a.open(a.ctx)
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		if greeting, _ := c.listen(a.patience(5*time.Second, 0.5)); len(greeting) > 0 {
			a.startTLS(c, protocol, greeting)
		}
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

// note adds a code once.
func note(notes []string, code string) []string {
	for _, n := range notes {
		if n == code {
			return notes
		}
	}
	return append(notes, code)
}
