package lookup

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"whyport/probe/evidence"
)

// encryptedWait is for a connection, a handshake, a question and its answer.
const encryptedWait = 5 * time.Second

// message is the type of DNS over HTTPS (RFC 8484, 6).
const message = "application/dns-message"

// askOver puts a question to a server that the person named, the way that was named.
func (k asker) askOver(ctx context.Context, s Server, name string, family evidence.Family) evidence.NameAnswer {
	if s.Over == "" {
		return k.ask(ctx, s.At, name, family)
	}
	begun := time.Now()
	a := evidence.NameAnswer{Server: s.At, Over: s.Over, Name: name, Family: family}
	id := number()
	if s.Over == evidence.OverHTTPS {
		id = 0 // so that equal questions are equal (RFC 8484, 4.1)
	}
	q, err := query(id, name, family, true)
	if err != nil {
		return a // no such name can exist
	}
	ctx, cancel := context.WithTimeout(ctx, encryptedWait)
	defer cancel()
	if s.Over == evidence.OverHTTPS {
		k.overHTTPS(ctx, s, q, &a)
	} else {
		k.overTLS(ctx, s, q, &a)
	}
	a.Elapsed = time.Since(begun)
	return a
}

// overTLS is RFC 7858.
func (k asker) overTLS(ctx context.Context, s Server, q []byte, a *evidence.NameAnswer) {
	c, err := k.connect(ctx, "tcp", s.At)
	if err != nil {
		a.End = endOf(ctx, err)
		return
	}
	secure := tls.Client(c, settings(s, a, "dot"))
	defer secure.Close()
	if err := secure.HandshakeContext(ctx); err != nil {
		a.End = endOf(ctx, err)
		return
	}
	converse(ctx, secure, q, a)
}

// overHTTPS is RFC 8484, by POST.
func (k asker) overHTTPS(ctx context.Context, s Server, q []byte, a *evidence.NameAnswer) {
	way := &http.Transport{
		TLSClientConfig: settings(s, a), ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) { return k.connect(ctx, network, s.At) },
	}
	defer way.CloseIdleConnections()
	at := url.URL{Scheme: "https", Host: s.At.String(), Path: s.Path}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(q))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", message)
	r.Header.Set("Accept", message)
	client := http.Client{Transport: way, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(r)
	if err != nil {
		a.End = endOf(ctx, err)
		return
	}
	defer got.Body.Close()
	b, err := io.ReadAll(io.LimitReader(got.Body, 1<<16))
	if err != nil {
		a.End = endOf(ctx, err)
		return
	}
	if a.End = evidence.Garbled; got.StatusCode == http.StatusOK && belongs(b, q) {
		read(b, a)
	}
}

// settings take any certificate and note whether it is trusted here for the address: what the server says is of interest
// all the same.
func settings(s Server, a *evidence.NameAnswer, protocols ...string) *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: true, NextProtos: protocols,
		VerifyConnection: func(c tls.ConnectionState) error {
			o := x509.VerifyOptions{DNSName: s.At.Addr().String(), Intermediates: x509.NewCertPool()}
			for _, one := range c.PeerCertificates[1:] {
				o.Intermediates.AddCert(one)
			}
			_, err := c.PeerCertificates[0].Verify(o)
			a.Untrusted = err != nil
			return nil
		},
	}
}
