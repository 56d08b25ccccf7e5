package demo

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"whyport/probe"
)

const (
	// soon is far above what a connection on loopback takes, and short enough to wait for at the start.
	soon = 200 * time.Millisecond
	// fill bounds the connections that fill the queue; a backlog of 0 holds one on Linux and a few elsewhere.
	fill = 16
)

// silent adds a port that drops packets without a word. A firewall would need administrator rights, so
// it is a server whose queue is full: Linux and macOS drop the SYN then, which looks the same from
// outside. Windows refuses it instead; there the port is left out and Missing says so.
func (d *Demo) silent(ctx context.Context) error {
	l, err := d.listen()
	if err != nil {
		return err
	}
	shortQueue(l.(*net.TCPListener))
	dialer := net.Dialer{Timeout: soon}
	for range fill {
		conn, err := dialer.DialContext(ctx, "tcp4", l.Addr().String())
		if err == nil {
			d.conns.keep(conn)
			continue
		}
		if timedOut(err) {
			d.add(l.Addr(), "silent: drops every packet, as a firewall does", probe.ExpectAnything)
			return nil
		}
		break
	}
	d.Missing = "A port that drops packets is not shown: this system refuses where others drop."
	return nil
}

func timedOut(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}
