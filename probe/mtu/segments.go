package mtu

import (
	"bytes"
	"context"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/socket"
)

// acknowledged bounds the wait for an acknowledgement: the kernel repeats a segment after the round trip and 200 ms, and after
// three times that; later it may try smaller ones on its own account (tcp_mtu_probing).
const (
	acknowledged = 800 * time.Millisecond
	look         = 5 * time.Millisecond
	openings     = 3 // connections before a size is given up
	repeats      = 2 // of what vanished, before that is believed
)

// segments sends the port data in one segment of a size and sees whether the server's TCP acknowledges it.
func (s *Server) segments(ctx context.Context, m *evidence.MTU) {
	first, largest := s.segment(ctx, small)
	if first != passed {
		return
	}
	m.Segment, m.Port, m.Passes, m.End = largest, s.Port, small, true
	for range repeats {
		f, now := s.segment(ctx, largest)
		if f == passed {
			m.Segment, m.Passes = now, now // less than it was where a router has told the kernel
			return
		}
		if again, _ := s.segment(ctx, small); f == unclear || again != passed {
			return
		}
	}
	m.Passes, m.Fails = search(small, largest, func(size int) fate { f, _ := s.segment(ctx, size); return f })
}

// segment is what became of one packet, with the largest packet that the connection sends.
func (s *Server) segment(ctx context.Context, size int) (f fate, largest int) {
	for range openings {
		a, conn := s.Tracer.Line.Connect(ctx, socket.Request{Timeout: s.Tracer.Line.AnswerWait()}, s.Port, time.Time{})
		if conn == nil && a.Outcome == evidence.Silent {
			continue
		}
		if conn == nil {
			break
		}
		defer socket.Abort(conn)
		sending, is := socket.SendingOf(conn)
		if !is {
			break
		}
		n := min(size-sending.Headers, sending.Segment)
		if _, err := conn.Write(s.data(n)); err != nil {
			break
		}
		for until := time.Now().Add(acknowledged + 2*s.Tracer.Line.RTT()); ; {
			now, is := socket.SendingOf(conn)
			if !is || !line.Pause(ctx, look) {
				return unclear, 0
			}
			if now.Unacknowledged == 0 {
				return passed, now.Segment + sending.Headers
			}
			if time.Now().After(until) {
				return vanished, sending.Segment + sending.Headers
			}
		}
	}
	return unclear, 0
}

// data is the opening, drawn out to n bytes.
func (s *Server) data(n int) []byte {
	filler := bytes.Repeat([]byte("a"), max(0, n-len(s.Opening)))
	return append(s.Opening[:min(n, len(s.Opening)):min(n, len(s.Opening))], filler...)
}
