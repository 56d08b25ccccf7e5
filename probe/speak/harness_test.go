// The program itself is built with these; see speak's report on small keys.
//
//go:debug rsa1024min=0
//go:debug tlssha1=1
//go:debug x509negativeserial=1
package speak

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"whyport/probe/evidence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// authority is a CA made for a test.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// leafOption changes a certificate before it is signed.
type leafOption func(*x509.Certificate)

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	must(t, err)
	return key
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newCA signs itself, or is signed by parent where that is not nil.
func newCA(t testing.TB, subject pkix.Name, parent *authority) *authority {
	t.Helper()
	a := &authority{key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: subject, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().AddDate(10, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	signer := a
	issuer := template
	if parent != nil {
		signer, issuer = parent, parent.cert
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, a.key.Public(), signer.key)
	must(t, err)
	a.cert, err = x509.ParseCertificate(der)
	must(t, err)
	return a
}

// leaf issues a certificate for server.test, good for 90 days unless changed.
func (a *authority) leaf(t testing.TB, key crypto.Signer, change ...leafOption) tls.Certificate {
	t.Helper()
	if key == nil {
		key = newKey(t)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "server.test"},
		DNSNames: []string{"server.test"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().AddDate(0, 0, 90),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	for _, c := range change {
		c(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// selfSignedLeaf is its own issuer.
func selfSignedLeaf(t testing.TB, key crypto.Signer) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "printer"}, DNSNames: []string{"server.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func poolOf(as ...*authority) *x509.CertPool {
	p := x509.NewCertPool()
	for _, a := range as {
		p.AddCert(a.cert)
	}
	return p
}

// with appends certificates to a chain.
func with(c tls.Certificate, more ...*authority) tls.Certificate {
	for _, a := range more {
		c.Certificate = append(c.Certificate, a.cert.Raw)
	}
	return c
}

// server is a real listener on loopback; each connection is handled in a goroutine that the test waits for.
type server struct {
	net.Listener
	wg    sync.WaitGroup
	mu    sync.Mutex
	conns []net.Conn
}

// serve starts a server; nth counts its connections from 0.
func serve(t testing.TB, handle func(c net.Conn, nth int)) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &server{Listener: l}
	s.wg.Go(func() {
		for nth := 0; ; nth++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, c)
			s.mu.Unlock()
			s.wg.Go(func() { defer c.Close(); handle(c, nth) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.mu.Lock()
		for _, c := range s.conns {
			_ = c.Close()
		}
		s.mu.Unlock()
		s.wg.Wait()
	})
	return s
}

// accepted is the number of connections so far.
func (s *server) accepted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// serveTLS handshakes, then calls then (may be nil) with the session.
func serveTLS(t testing.TB, config *tls.Config, then func(*tls.Conn)) *server {
	return serve(t, func(c net.Conn, _ int) { talkTLS(c, config, then) })
}

func talkTLS(c net.Conn, config *tls.Config, then func(*tls.Conn)) {
	s := tls.Server(c, config)
	if s.Handshake() != nil {
		return
	}
	if then != nil {
		then(s)
		return
	}
	_, _ = io.Copy(io.Discard, s)
}

// change adapts a request.
type change func(*Request)

func onPort(p uint16) change {
	return func(r *Request) { r.To = netip.AddrPortFrom(r.To.Addr(), p) }
}
func named(n string) change     { return func(r *Request) { r.ServerName = n } }
func expecting(e string) change { return func(r *Request) { r.Expect = e } }
func mode(m string) change      { return func(r *Request) { r.Mode = m } }
func trusting(p *x509.CertPool) change {
	return func(r *Request) { r.System, r.Public = p, x509.NewCertPool() }
}
func publicly(p *x509.CertPool) change           { return func(r *Request) { r.System, r.Public = p, p } }
func lasting(d time.Duration) change             { return func(r *Request) { r.Timeout = d } }
func withFirst(f func(net.Conn) net.Conn) change { return func(r *Request) { r.First = f(r.First) } }

// ask connects to the server and asks it, as the engine does. The port that Ask is told may be another
// than the server's, so that habits of well-known ports can be tested.
func ask(t testing.TB, l net.Listener, changes ...change) *evidence.Speech {
	t.Helper()
	return askContext(t, context.Background(), l, changes...)
}

func askContext(t testing.TB, ctx context.Context, l net.Listener, changes ...change) *evidence.Speech {
	t.Helper()
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", l.Addr().String())
	}
	began := time.Now()
	c, err := dial(ctx)
	for tries := 0; err != nil && isReset(err) && tries < 50; tries++ { // a server that resets at once may come before connect returns
		c, err = dial(ctx)
	}
	must(t, err)
	r := Request{
		To: netip.MustParseAddrPort(l.Addr().String()), Mode: "auto", First: c, Connected: time.Now(),
		RTT: time.Since(began), Dial: dial, Timeout: 8 * time.Second,
	}
	for _, change := range changes {
		change(&r)
	}
	s := Ask(ctx, r)
	if s.Elapsed > r.Timeout+1500*time.Millisecond { // a busy machine, and the race detector, are late
		t.Errorf("took %v of %v", s.Elapsed, r.Timeout)
	}
	if s.Connections > MaxConnections {
		t.Errorf("%d connections", s.Connections)
	}
	return s
}

func has(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

func wantBool(t testing.TB, what string, got *bool, want string) {
	t.Helper()
	text := "null"
	if got != nil {
		text = map[bool]string{true: "true", false: "false"}[*got]
	}
	if text != want {
		t.Errorf("%s = %s, want %s", what, text, want)
	}
}

// firstRecord reads one TLS record: the ClientHello.
func firstRecord(c net.Conn) ([]byte, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(c, head); err != nil {
		return nil, err
	}
	body := make([]byte, int(head[3])<<8|int(head[4]))
	_, err := io.ReadFull(c, body)
	return append(head, body...), err
}

// replay is a connection that gives back what was read from it.
type replay struct {
	net.Conn
	again io.Reader
}

func unread(c net.Conn, b []byte) net.Conn {
	return &replay{c, io.MultiReader(newReader(b), c)}
}

func (r *replay) Read(p []byte) (int, error) { return r.again.Read(p) }

// reset makes the connection end with a RST.
func reset(c net.Conn) {
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

// manyNames gives a certificate n further names of about twenty bytes.
func manyNames(n int) leafOption {
	return func(c *x509.Certificate) {
		for i := range n {
			c.DNSNames = append(c.DNSNames, "name-"+itoa(i)+".server.test")
		}
	}
}
