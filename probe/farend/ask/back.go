package ask

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// backWait is how long the listener may take for a connection back.
const backWait = 8 * time.Second

// askBack asks the listener to connect to ports of this computer, on the way that works best over TCP: the address that a
// datagram came from may be anybody's.
func (a *asker) askBack(ctx context.Context) {
	if len(a.Back) == 0 {
		return
	}
	way, protocol := a.reaches[0], evidence.TCP
	if way.kind == overUDP {
		protocol = evidence.UDP
	}
	i := slices.IndexFunc(a.ports, func(p *evidence.Port) bool { return p.Protocol == protocol && p.Port == way.port })
	i = max(i, 0) // what was asked on a peer's own port stands at the first
	for _, port := range a.Back {
		b := evidence.Back{Port: port, Untried: evidence.BackNoTCP}
		if way.kind != overUDP {
			b = a.connectBack(ctx, way, port)
		}
		farOf(a.ports[i]).Backs = append(farOf(a.ports[i]).Backs, b)
	}
}

// connectBack listens on a port here while the listener connects to it.
func (a *asker) connectBack(ctx context.Context, way reach, port uint16) (b evidence.Back) {
	b.Port = port
	s, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if errors.Is(err, fs.ErrPermission) {
		b.Untried = evidence.BackNoRight
		return b
	}
	arrived := make(chan bool, 1)
	if err == nil { // else a program here has it, which will do
		defer s.Close()
		go func() {
			for {
				conn, err := s.Accept()
				if err != nil {
					return
				}
				if ends(conn.RemoteAddr()).Addr() == a.line.Addr {
					select {
					case arrived <- true:
					default:
					}
				}
				conn.Close()
			}
		}()
	}
	more := &addition{ask: func(q *farend.Question) { q.Back = port }, wait: backWait}
	var e *exchange
	if way.kind == overTLS {
		e = a.inside(ctx, way.port, more)
	} else {
		e = a.plain(ctx, way.port, more)
	}
	if e == nil {
		b.Untried = evidence.BackUnasked
		return b
	}
	if e.answer.Back != farend.NotOffered {
		b.Outcome = evidence.Outcome(e.answer.Back)
	}
	if b.Outcome == evidence.Connected {
		select {
		case b.Arrived = <-arrived:
		case <-time.After(time.Second): // the answer may be sooner than the connection
		case <-ctx.Done():
		}
	}
	return b
}
