package speak

import (
	"io"
	"net"
	"testing"
)

// TestEcho: what comes back as it was said is echo, whatever the port's usual service is, and no answer of that.
func TestEcho(t *testing.T) {
	for _, port := range []uint16{7, 80, 110, 443, 2000, 5222, 5672, 6379, 8080, 11211, 389, 1883} {
		s := serve(t, func(c net.Conn, _ int) { _, _ = io.Copy(c, c) })
		if got := ask(t, s, onPort(port), named("server.test")); got.Identified != "echo" || got.HTTP != nil || got.TLS.Completed() {
			t.Errorf("%d: %q %+v %+v", port, got.Identified, got.HTTP, got.TLS)
		}
	}
}
