package speak

import (
	"net"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
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

// inside looks into a completed session where it costs nothing (a greeting that is on its way) or
// where something opens TLS on the way (its block page).
func (a *asker) inside(h *handshaken, c *recorder) {
	if a.usual.TLS && a.usual.First == protocol.Server && a.s.TLS.ALPN == "" {
		if said := a.overhear(h, c); len(said) > 0 {
			a.banner(said, len(said), time.Since(a.start))
			p := a.identify(said)
			if away, _ := a.turnedAway(p, said); away || p == nil {
				return
			}
			a.data(p, h.conn, c)
		}
		return
	}
	if a.askInside(h, c) {
		return
	}
	a.insists(h, c)
	if (a.s.TLS.Inspection != nil || a.strange()) && (h.tls.ALPN != "" || a.usual.Pages && a.usual.TLS) {
		a.lookInside(h, c)
	}
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
	p := a.identify(said)
	a.s.Banner.Provoked = provoked(p)
	_ = c.Close()
	if p == nil {
		return
	}
	if !p.Impatient { // what those say was provoked
		if away, _ := a.turnedAway(p, said); away {
			return
		}
	}
	switch {
	case p.Pages:
		a.s.HTTP = statusOf(said)
		if a.s.HTTP != nil && a.s.HTTP.BlockPage != "" {
			return
		}
		if c, err := a.open(a.ctx); err == nil {
			defer func() { _ = c.Close() }()
			a.askHTTP(c)
		}
	case a.s.Asked != askedTLS && p.Upgrade != nil:
		c, err := a.open(a.ctx)
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		if greeting, _ := c.listen(a.patience(5*time.Second, 0.5)); len(greeting) > 0 {
			a.startTLS(c, p, greeting)
		}
	}
}
