package speak

import (
	"net"
	"net/http"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// askTLS says ClientHello on c and follows what comes of it.
func (a *asker) askTLS(c *recorder) {
	h := a.patientHandshake(c)
	if h == nil || a.s.Asked == "" && h.tls.State == evidence.TLSNoResponse && h.tls.Handshake < max(leastWait, 2*a.RTT) {
		return // interrupted, or the time was over: nothing is known
	}
	a.take(h)
	switch h.tls.State {
	case evidence.TLSOK, evidence.TLSUntrusted:
		a.inside(h, c)
	case evidence.TLSPlaintext, evidence.TLSNotTLS:
		a.plaintext(c, h)
	case evidence.TLSAlert:
		a.afterAlert()
	default:
		a.elsewhere()
	}
}

// inside looks into a completed session: for the greeting, the answer or the page that its protocol promises, and for the
// page of something that opens TLS on the way.
func (a *asker) inside(h *handshaken, c *recorder) {
	p := a.expected()
	promised := a.usual.TLS && p == a.usual.Protocol || a.promised() != nil && !p.Pages
	if promised && p.First == protocol.Server {
		a.leave(h.conn, c, a.greetedInside(h, c))
		return
	}
	if promised && p.Pages || h.tls.ALPN != "" && (a.s.TLS.Inspection != nil || a.strange() || h.tls.ClientCert) {
		a.pageInside(h, c)
		_ = h.conn.CloseWrite()
		return
	}
	a.insists(h, c)
	if promised && p.Loose { // some of its servers greet, none ends the session at once
		if spoke := a.glancedInside(h, c); spoke != nil || a.s.Banner != nil || a.s.Unanswered() != nil {
			a.leave(h.conn, c, spoke)
			return
		}
	}
	switch {
	case slices.Contains(a.s.TLS.Notes, evidence.NoteClientCertRequired):
	case promised && p.Ask != nil:
		if !a.question(h.conn, c, p, p.Ask) {
			a.leave(h.conn, c, nil)
		}
	default:
		a.leave(h.conn, c, a.glancedInside(h, c))
	}
}

// glancedInside waits a moment for what a server that promised nothing says, or for its end: one that ends the session at once
// stands before a service that is gone. It is nil where nothing is known of the protocol.
func (a *asker) glancedInside(h *handshaken, c *recorder) *protocol.Protocol {
	began := time.Now()
	said, err := a.overhear(h, c, a.RTT*3/2+glanceWait)
	if len(said) == 0 {
		if !slices.Contains(a.s.TLS.Notes, evidence.NoteClientCertRequired) && (ended(err) || isReset(err)) {
			a.mute("", true, err, time.Since(began))
		}
		return nil
	}
	a.banner(said, len(said), time.Since(a.start))
	p := a.identify(said)
	if away, _ := a.turnedAway(p, said); away {
		return nil
	}
	return p
}

// greetedInside waits for the greeting of a server that speaks first; nil where none came.
func (a *asker) greetedInside(h *handshaken, c *recorder) *protocol.Protocol {
	began, wait := time.Now(), a.greetingWait()
	if a.s.TLS.State == evidence.TLSUntrusted { // that decides
		wait = min(wait, greetingWait)
	}
	said, err := a.overhear(h, c, wait)
	if len(said) == 0 {
		a.mute("", true, err, time.Since(began))
		return nil
	}
	a.banner(said, len(said), time.Since(a.start))
	p := a.identify(said)
	if away, _ := a.turnedAway(p, said); away || p == nil {
		return nil
	}
	a.data(p, h.conn, c)
	return p
}

// pageInside asks a session for its page. What is cut off is asked once more, as one end may be an accident, and by GET, as
// small servers do not know HEAD.
func (a *asker) pageInside(h *handshaken, c *recorder) {
	c.within(a.patience(requestWait, 0.5))
	got := a.page(h.conn, a.sessionAgain)
	if h.tls.ClientCert && !a.s.TLS.ClientCert { // asked for only now, for this page
		a.s.TLS.ClientCert = true
	}
	if got.err != nil && h.tls.ClientCert && !timedOut(got.err) && !a.interrupted() { // and not given
		a.refusedWithout(got.err)
		return
	}
	if got.err == nil || timedOut(got.err) || a.interrupted() {
		return
	}
	a.mute(evidence.MuteRequest, true, got.err, got.after)
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		if a.asksInside(method) {
			a.s.Mute = slices.DeleteFunc(a.s.Mute, func(m evidence.Mute) bool { return m.Inside })
			return
		}
	}
}

// asksInside says a request in another session and reports whether it was answered.
func (a *asker) asksInside(method string) bool {
	c := a.sessionAgain()
	if c == nil {
		return false
	}
	defer func() { _ = c.Close() }()
	host := a.hostOf(a.ServerName, true)
	got := a.request(c, method, rootPath, host)
	if got.answer != nil {
		a.followed(got, c, host, a.sessionAgain)
	}
	return got.err == nil
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
	if h.echo {
		a.s.Identified = protocol.Echo
		return
	}
	_, n, at := c.heard()
	said := h.said
	if n < bannerBytes {
		// A greeting in several packets: take what is there already.
		more, _ := c.listen(lullTime, a.heardOf)
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
		if a.s.HTTP == nil {
			a.s.HTTP = statusOf(said)
		}
		if a.asked || a.s.HTTP != nil && a.s.HTTP.BlockPage != "" {
			return
		}
		if c, err := a.open(a.ctx); err == nil {
			defer func() { _ = c.Close() }()
			a.askHTTP(c)
		}
	case p.Upgrade != nil && a.Mode != modeAlways:
		c, err := a.open(a.ctx)
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		if greeting, _ := c.listen(a.patience(5*time.Second, 0.5), a.heardOf); len(greeting) > 0 {
			if away, _ := a.turnedAway(p, greeting); !away { // unlike the first words these were not provoked
				a.startTLS(c, p, greeting)
			}
		}
	}
}
