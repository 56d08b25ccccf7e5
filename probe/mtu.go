package probe

import (
	"context"

	"whyport/probe/evidence"
	"whyport/probe/mtu"
	"whyport/probe/socket"
)

// measureMTU finds out how large packets to the host may be, where that is wanted.
func (h *host) measureMTU(ctx context.Context) {
	if !h.options.MTU || !socket.CanSize || h.here() || ctx.Err() != nil {
		return
	}
	s := mtu.Server{Tracer: &h.tracer}
	for _, p := range h.ports {
		best := p.seen.Best()
		if best == nil || p.seen.Proxied != nil {
			continue
		}
		if !s.Source.IsValid() {
			s.Source = best.Source.Addr()
		}
		if opening := openingOf(p.seen.Speech); s.Opening == nil && opening != nil && p.want.Protocol == evidence.TCP && !h.options.Careful {
			s.Port, s.Opening = p.want.Port, opening
		}
	}
	if m := mtu.Measure(ctx, s); m != nil {
		h.learn(func(f *evidence.Host) { f.MTU = m })
	}
}

// openingOf begins what a protocol expects and announces much more of it, so that the server goes on to wait; nil: this can't be
// done without harm.
func openingOf(s *evidence.Speech) []byte {
	switch {
	case s == nil:
	case s.TLS.Completed() && s.TLS.StartTLS == "":
		return []byte("\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03") // a record of 16 KiB with a ClientHello (RFC 8446, 5.1, 4.1.2)
	case s.HTTP != nil:
		return []byte("GET / HTTP/1.1\r\nX-Whyport: ") // a header field without an end (RFC 9112, 5)
	case s.Identified == "ssh":
		return []byte("SSH-2.0-whyport\r\n\x00\x00\x80\x00\x04") // a packet of 32 KiB (RFC 4253, 4.2 and 6)
	}
	return nil
}
