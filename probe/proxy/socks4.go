package proxy

import (
	"context"
	"encoding/binary"
	"net"
	"strings"

	"whyport/probe/evidence"
)

// Codes of a SOCKS4 reply.
const (
	socks4Granted = 90
	socks4First   = 90
	socks4Last    = 93
)

// socks4 asks by SOCKS4, and by 4a where the name is left to the proxy. A login's name is the user's; there is no password.
func (a *asking) socks4(ctx context.Context) net.Conn {
	a.seen.SOCKS = 4
	name, addr := a.destination()
	if name == "" && !addr.Is4() {
		a.fail(evidence.ProxyUnfit, "SOCKS4 carries only IPv4 addresses")
		return nil
	}
	ask := binary.BigEndian.AppendUint16([]byte{4, 1}, a.Port)
	if name != "" {
		ask = append(ask, 0, 0, 0, 1) // an address that none has: the name follows
	} else {
		ask = append(ask, addr.AsSlice()...)
	}
	if p := a.Server.Login.pair; p != nil {
		ask = append(ask, strings.ReplaceAll(p.name, "\x00", "")...)
		a.seen.Sent = "user-id"
	}
	ask = append(ask, 0)
	if name != "" {
		ask = append(append(ask, name...), 0)
	}
	d := a.dial(ctx)
	if d == nil {
		return nil
	}
	answer, ok := a.say(ctx, d, ask, 8)
	switch {
	case !ok:
	case answer[0] != 0 || answer[1] < socks4First || answer[1] > socks4Last:
		a.fail(evidence.ProxyGarbled, "")
	default:
		code := answer[1]
		a.seen.Code = &code
		if code == socks4Granted {
			a.seen.Outcome = evidence.ProxyConnected
			return d.release(nil)
		}
		a.fail(evidence.ProxyRefused, "")
	}
	d.Close()
	return nil
}
