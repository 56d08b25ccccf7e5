package proxy

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"slices"

	"whyport/probe/evidence"
)

// Methods of RFC 1928, 3.
const (
	methodNone   = 0x00
	methodGSSAPI = 0x01
	methodLogin  = 0x02
	methodNoneOf = 0xff
)

// methodName is a word of evidence.Proxied.Auth.
func methodName(m byte) string {
	switch m {
	case methodGSSAPI:
		return "GSSAPI"
	case methodLogin:
		return "username-password"
	}
	return "other"
}

// socks5 asks by RFC 1928.
func (a *asking) socks5(ctx context.Context) net.Conn {
	a.seen.SOCKS = 5
	methods := []byte{methodNone}
	if a.Server.Login.Given() {
		methods = append(methods, methodLogin)
	}
	d, method := a.greet(ctx, methods)
	if d == nil {
		return nil
	}
	switch method {
	case methodNone:
	case methodLogin:
		if !a.login(ctx, d) {
			d.Close()
			return nil
		}
	default:
		d.Close()
		a.fail(evidence.ProxyRefused, "")
		a.wanted(ctx)
		return nil
	}
	return a.ask5(ctx, d)
}

// greet offers methods; d is nil where that failed, which is noted.
func (a *asking) greet(ctx context.Context, methods []byte) (d *dialed, method byte) {
	if d = a.dial(ctx); d == nil {
		return nil, 0
	}
	answer, ok := a.say(ctx, d, append([]byte{5, byte(len(methods))}, methods...), 2)
	if ok && (answer[0] != 5 || answer[1] != methodNoneOf && !slices.Contains(methods, answer[1])) {
		a.fail(evidence.ProxyGarbled, "")
		ok = false
	}
	if !ok {
		d.Close()
		return nil, 0
	}
	return d, answer[1]
}

// wanted finds out which way to log in a proxy chooses that takes nobody without: all are offered, and nothing is sent.
func (a *asking) wanted(ctx context.Context) {
	before := *a.seen
	d, method := a.greet(ctx, []byte{methodLogin, methodGSSAPI})
	if d != nil {
		d.Close()
		if method != methodNoneOf {
			before.Auth = []string{methodName(method)}
		} else {
			before.Auth = []string{methodName(methodNoneOf)}
		}
	}
	*a.seen = before
}

// login is RFC 1929's.
func (a *asking) login(ctx context.Context, d *dialed) bool {
	p := a.Server.Login.pair
	if len(p.name) > 255 || len(p.password) > 255 {
		a.fail(evidence.ProxyRefused, "the login is too long for SOCKS5")
		return false
	}
	a.seen.Sent, a.seen.Auth = methodName(methodLogin), []string{methodName(methodLogin)}
	text := slices.Concat([]byte{1, byte(len(p.name))}, []byte(p.name), []byte{byte(len(p.password))}, []byte(p.password))
	answer, ok := a.say(ctx, d, text, 2)
	if ok && answer[1] != 0 {
		a.fail(evidence.ProxyRefused, "the login was refused")
	}
	return ok && answer[1] == 0
}

// ask5 asks for the connection.
func (a *asking) ask5(ctx context.Context, d *dialed) net.Conn {
	ask := []byte{5, 1, 0}
	switch name, addr := a.destination(); {
	case len(name) > 255:
		a.fail(evidence.ProxyUnfit, "the name is too long for SOCKS5")
		d.Close()
		return nil
	case name != "":
		ask = append(append(ask, 3, byte(len(name))), name...)
	case addr.Is4():
		ask = append(append(ask, 1), addr.AsSlice()...)
	default:
		ask = append(append(ask, 4), addr.AsSlice()...)
	}
	answer, ok := a.say(ctx, d, binary.BigEndian.AppendUint16(ask, a.Port), 4)
	if !ok {
		d.Close()
		return nil
	}
	if answer[0] != 5 {
		a.fail(evidence.ProxyGarbled, "")
		d.Close()
		return nil
	}
	code := answer[1]
	a.seen.Code = &code
	if code != 0 {
		a.fail(evidence.ProxyRefused, "")
		d.Close()
		return nil
	}
	if !a.skipBound(ctx, d, answer[3]) {
		d.Close()
		return nil
	}
	a.seen.Outcome = evidence.ProxyConnected
	return d.release(nil)
}

// skipBound reads over the address that the proxy connects from, which nobody needs.
func (a *asking) skipBound(ctx context.Context, d *dialed, kind byte) bool {
	length := 0
	switch kind {
	case 1:
		length = 4
	case 4:
		length = 16
	case 3:
		b, ok := a.say(ctx, d, nil, 1)
		if !ok {
			return false
		}
		length = int(b[0])
	default:
		a.fail(evidence.ProxyGarbled, "")
		return false
	}
	_, ok := a.say(ctx, d, nil, length+2)
	return ok
}

// say writes, and reads exactly so many bytes of an answer; false where that failed, which is noted. What begins like HTTP
// is another kind of proxy.
func (a *asking) say(ctx context.Context, d *dialed, what []byte, expect int) ([]byte, bool) {
	if _, err := d.Write(what); err != nil {
		a.broken(ctx, err)
		return nil, false
	}
	answer := make([]byte, expect)
	n, err := io.ReadFull(d, answer)
	if n >= 2 && answer[0] == 'H' && answer[1] == 'T' {
		a.fail(evidence.ProxyGarbled, "it speaks HTTP")
		return nil, false
	}
	if err != nil {
		a.broken(ctx, err)
		return nil, false
	}
	return answer, true
}
