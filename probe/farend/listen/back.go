package listen

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// backWait is how long a connection back is waited for.
const backWait = 3 * time.Second

// back connects to a client that asked for it on a connection of its own, at the address that this came from, and hangs up.
func (l *Listener) back(ctx context.Context, to netip.AddrPort) string {
	if !slices.Contains(l.options.Back, to.Port()) {
		return farend.NotOffered
	}
	d := net.Dialer{Timeout: backWait}
	conn, err := d.DialContext(ctx, "tcp", to.String())
	switch {
	case err == nil:
		conn.Close()
		return string(evidence.Connected)
	case errors.Is(err, syscall.ECONNREFUSED):
		return string(evidence.Refused)
	}
	if timeout, is := errors.AsType[net.Error](err); is && timeout.Timeout() {
		return string(evidence.Silent)
	}
	return string(evidence.Failed)
}
