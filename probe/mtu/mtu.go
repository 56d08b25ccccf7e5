// Package mtu finds out how large packets may be on the way to an address, and behind which hop larger ones vanish.
//
//	segments  over TCP to a port that speaks: what does the server's TCP acknowledge?    (segments.go)
//	hops      datagrams that live only so many hops: which hop do large ones still reach? (hops.go)
//	search    the largest size that passes                                                (search.go)
package mtu

import (
	"context"
	"net/netip"

	"whyport/probe/evidence"
	"whyport/probe/path"
	"whyport/probe/socket"
)

// small is a size that every link takes (RFC 791 wants 576).
const small = 500

// Server is where to measure.
type Server struct {
	Tracer *path.Tracer
	Source netip.Addr // of this computer
	Port   uint16     // a port that speaks
	// Opening is the beginning of what its protocol expects, which goes on for long and is never brought to an end; nil: there is
	// none, and TCP is left alone.
	Opening []byte
}

// Measure is nil where nothing answered that could tell.
func Measure(ctx context.Context, s Server) *evidence.MTU {
	m := &evidence.MTU{Link: socket.LinkMTU(s.Source)}
	if m.Link <= small {
		return nil
	}
	if s.Opening != nil {
		s.segments(ctx, m)
	}
	if m.Fails > 0 || m.Segment < m.Link {
		s.hops(ctx, m)
	}
	if ctx.Err() != nil || m.Passes == 0 && m.Fails == 0 && m.Told == nil {
		return nil
	}
	return m
}
