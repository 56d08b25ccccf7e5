package demo

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) *Demo {
	t.Helper()
	d, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func (d *Demo) dial(t *testing.T, is string) (net.Conn, error) {
	t.Helper()
	for _, p := range d.Ports {
		if strings.Contains(p.Is, is) {
			return net.DialTimeout("tcp4", fmt.Sprintf("127.0.0.1:%d", p.Number), time.Second)
		}
	}
	t.Fatalf("no port that is %q", is)
	return nil, nil
}

// Every port does what its line says, asked with Go's own client.
func TestPortsAreWhatTheySay(t *testing.T) {
	d := start(t)
	for is, want := range map[string]string{
		"TLS in order":     "",
		"expired":          "expired",
		"for another name": "valid for other.example",
		"HTTP without TLS": "first record does not look like a TLS handshake",
	} {
		raw, err := d.dial(t, is)
		if err != nil {
			t.Errorf("%s: %v", is, err)
			continue
		}
		c := tls.Client(raw, &tls.Config{ServerName: serverName, RootCAs: d.roots})
		err = c.Handshake()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", is, err)
		}
		raw.Close()
	}
	greeting := make([]byte, 8)
	c, err := d.dial(t, "greets")
	if err == nil {
		io.ReadFull(c, greeting)
		c.Close()
	}
	if string(greeting) != "SSH-2.0-" {
		t.Errorf("greets: %q, %v", greeting, err)
	}
	if c, err = d.dial(t, "says nothing"); err == nil {
		c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		_, err = c.Read(greeting)
		c.Close()
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("says nothing: %v", err)
	}
	if _, err := d.dial(t, "nothing listens"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("nothing listens: %v", err)
	}
	if d.Missing == "" {
		if _, err := d.dial(t, "silent"); !timedOut(err) {
			t.Errorf("silent: %v", err)
		}
	}
}

func TestPlanCoversEveryPort(t *testing.T) {
	d := start(t)
	plan := d.Plan()
	if n := len(plan.Targets[0].Candidates); n != len(d.Ports) || n < 7 {
		t.Errorf("%d candidates for %d ports", n, len(d.Ports))
	}
	if len(d.Ports) == 7 && d.Missing == "" {
		t.Error("a port is missing and nothing says so")
	}
}
