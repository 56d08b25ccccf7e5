package speak

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"whyport/probe/evidence"
)

func TestRecorderIsBounded(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) {
		chunk := make([]byte, 1000)
		for {
			if _, err := c.Write(chunk); err != nil {
				return
			}
		}
	})
	c, err := net.Dial("tcp", s.Addr().String())
	must(t, err)
	a := &asker{ctx: context.Background(), end: time.Now().Add(5 * time.Second)}
	r := a.record(a.ctx, c)
	defer r.Close()
	n, err := io.Copy(io.Discard, struct{ io.Reader }{r})
	head, heard, at := r.heard()
	if n != maxBytes || !errors.Is(err, errTooMuch) || len(head) != keepBytes || heard != maxBytes || at.IsZero() {
		t.Errorf("%d bytes, %v, kept %d of %d", n, err, len(head), heard)
	}
}

func TestDripIsNotWaitedFor(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) {
		for {
			if _, err := c.Write([]byte("x")); err != nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	got := ask(t, s, onPort(25), mode("never"))
	if got.Banner == nil || len(got.Banner.Bytes) == 0 || got.Elapsed > time.Second {
		t.Errorf("%+v after %v", got.Banner, got.Elapsed)
	}
}

func TestClosedWithoutAWordIsAskedAgain(t *testing.T) {
	ca := privateCA(t)
	s := serve(t, func(c net.Conn, nth int) {
		if nth > 0 {
			talkTLS(c, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, nil)
		}
	})
	got := ask(t, s, onPort(22), named("server.test"), publicly(poolOf(ca)))
	if got.TLS == nil || got.TLS.State != evidence.TLSOK || got.Connections != 1 {
		t.Errorf("%+v", got)
	}
}

// A caller without pools gets no judgement of trust, and one without Dial nothing but the first connection.
func TestWithoutPoolsAndDial(t *testing.T) {
	ca := privateCA(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, nil)
	got := ask(t, s, named("server.test"), func(r *Request) { r.Dial = nil })
	if got.TLS.State != evidence.TLSOK || got.TLS.Verification.SystemTrusted != nil || got.TLS.Verification.PublicTrusted != nil {
		t.Errorf("%+v", got.TLS)
	}
	got = ask(t, s, func(r *Request) { _ = r.First.Close(); r.First, r.Dial = nil, nil })
	if got.SignOfLife() || got.Connections != 0 {
		t.Errorf("%+v", got)
	}
}

func TestRoots(t *testing.T) {
	var r Roots
	ca := privateCA(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, nil)
	got := ask(t, s, named("server.test"), func(q *Request) { q.Roots = &r })
	wantBool(t, "public", got.TLS.Verification.PublicTrusted, "false")
	if r.System() != nil {
		wantBool(t, "system", got.TLS.Verification.SystemTrusted, "false")
	}
}

// TestPublicRoots: each public root is there for a certificate that names it as its issuer, and none for a stranger.
func TestPublicRoots(t *testing.T) {
	n := 0
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		n++
		pool := publicRoots([]*x509.Certificate{{RawIssuer: []byte("nobody"), RawSubject: []byte("me")}, {RawIssuer: cert.RawSubject, RawSubject: []byte("us")}})
		if with := pool.Clone(); pool.Equal(x509.NewCertPool()) {
			t.Errorf("%v: none", cert.Subject)
		} else if with.AddCert(cert); !with.Equal(pool) {
			t.Errorf("%v: not among them", cert.Subject)
		}
	}
	if n < 100 {
		t.Errorf("%d roots", n)
	}
	if ca := privateCA(t); !publicRoots([]*x509.Certificate{ca.cert}).Equal(x509.NewCertPool()) {
		t.Error("a private authority has public roots")
	}
}
