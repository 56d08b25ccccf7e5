package speak

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"whyport/probe/evidence"
)

// A server that gives back what it gets is no faulty TLS, whatever was asked of it.
func TestEchoIsNoTLS(t *testing.T) {
	for _, port := range []uint16{7, 443, 993, 4000} {
		s := serve(t, func(c net.Conn, _ int) { _, _ = io.Copy(c, c) })
		got := ask(t, s, onPort(port), named("server.test"))
		if got.Identified != "echo" || got.TLS != nil && got.TLS.State != evidence.TLSNotTLS {
			t.Errorf("%d: identified %q, %+v", port, got.Identified, got.TLS)
		}
	}
}

// Servers that finish the handshake without a client's certificate and then say on a page that they want one.
func TestClientCertificateWantedOnThePage(t *testing.T) {
	ca := privateCA(t)
	for _, c := range []struct {
		name   string
		auth   tls.ClientAuthType
		status int
		body   string
		want   bool
	}{
		{"nginx", tls.RequestClientCert, 400, "<center><h1>400 Bad Request</h1></center>\n<center>No required SSL certificate was sent</center>", true},
		{"Apache", tls.NoClientCert, 403, "You don't have permission to access this resource.Reason: Cannot perform Post-Handshake Authentication.<br />", true},
		{"IIS", tls.RequestClientCert, 403, "HTTP Error 403.7 - Forbidden: SSL client certificate is required.", true},
		{"a page about it", tls.RequestClientCert, 200, "No required SSL certificate was sent", false},
		{"another 400", tls.RequestClientCert, 400, "Bad Request", false},
		{"another 403", tls.NoClientCert, 403, "Forbidden", false},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, h2 := range []bool{false, true} {
				s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.WriteHeader(c.status)
					if r.Method != http.MethodHead {
						_, _ = io.WriteString(w, c.body)
					}
				}))
				s.EnableHTTP2 = h2
				s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, ClientAuth: c.auth, MaxVersion: version}
				s.StartTLS()
				for _, port := range []uint16{443, 4001} {
					if port != 443 && c.auth == tls.NoClientCert {
						continue // nothing there promises a page
					}
					got := ask(t, s.Listener, onPort(port), named("server.test"), trusting(poolOf(ca)))
					if has(got.TLS.Notes, evidence.NoteClientCertRequired) != c.want {
						t.Errorf("%s on %d: %v, page %+v", c.name, port, got.TLS.Notes, got.HTTP)
					}
					if want := c.status == 400 && !c.want; has(got.Notes, evidence.NoteBadRequest) != want {
						t.Errorf("%s on %d: %v", c.name, port, got.Notes)
					}
				}
				s.Close()
			}
		}
	}
}

// A server that insists ends the session at the request for a page, with an alert (TLS 1.3) or without (Apache with TLS 1.2).
func TestClientCertificateInsistedOn(t *testing.T) {
	ca := privateCA(t)
	hangUp := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = c.Close()
		}
	})
	for _, c := range []struct {
		auth    tls.ClientAuthType
		version uint16
		h2      bool
		alert   string
	}{
		{tls.RequestClientCert, tls.VersionTLS12, false, ""}, {tls.RequireAnyClientCert, tls.VersionTLS13, false, "certificate_required"},
		{tls.RequireAnyClientCert, tls.VersionTLS13, true, "certificate_required"},
	} {
		s := httptest.NewUnstartedServer(hangUp)
		s.EnableHTTP2 = c.h2
		s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}, ClientAuth: c.auth, MaxVersion: c.version}
		s.StartTLS()
		got := ask(t, s.Listener, onPort(443), named("server.test"), trusting(poolOf(ca)))
		if !has(got.TLS.Notes, evidence.NoteClientCertRequired) || got.Unanswered() != nil || got.TLS.Alert != "" && got.TLS.Alert != c.alert {
			// (the reset that follows an alert may overtake it)
			t.Errorf("%+v: %v %+v %s", c, got.TLS.Notes, got.Mute, got.TLS.Alert)
		}
		s.Close()
	}
}
