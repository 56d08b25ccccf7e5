package speak

import (
	"crypto/tls"
	"io"
	"net"
	"testing"
)

// memcachedLike answers lines as memcached does, and counts those that it did not expect.
func memcachedLike(c net.Conn) {
	buf := make([]byte, 512)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		switch said := string(buf[:n]); said {
		case "version\r\n":
			_, _ = io.WriteString(c, "VERSION 1.6.18\r\n")
		case "quit\r\n":
			return
		default:
			_, _ = io.WriteString(c, "ERROR\r\n")
		}
	}
}

// A protocol that waits is asked its own question first, on the connection that is there; on another port only where it
// was promised.
func TestOwnQuestion(t *testing.T) {
	s := serve(t, func(c net.Conn, _ int) { memcachedLike(c) })
	for _, c := range [][]change{{onPort(11211)}, {onPort(7777), expecting("memcached")}} {
		got := ask(t, s, c...)
		if got.Identified != "memcached" || got.Product != "memcached 1.6.18" || got.Connections != 0 || !got.Banner.Provoked || got.TLS != nil {
			t.Errorf("%+v", got)
		}
	}
}

// What does not answer it is asked in the ways that follow.
func TestOwnQuestionOfAnotherServer(t *testing.T) {
	ca := privateCA(t)
	got := ask(t, serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil)}}, nil), onPort(11211), named("server.test"), trusting(poolOf(ca)))
	if !got.TLS.Completed() || got.Connections != 1 || got.Identified != "tls" {
		t.Errorf("%+v", got)
	}
}
