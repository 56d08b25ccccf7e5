package line

import (
	"context"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Datagrams sent before silence is believed, which still proves nothing, and the wait for each.
const (
	datagramTries = 3
	datagramWait  = 500 * time.Millisecond
)

// Question is what a port is asked.
type Question interface {
	Payload(try int) []byte  // made anew for each try
	AnyPort() bool           // the answer may come from another port
	Bye(reply []byte) []byte // ends what a reply has begun; nil: nothing is to be said
}

// Ask sends a question until something answers. The reply is nil where none came.
func (l *Line) Ask(ctx context.Context, port uint16, epoch time.Time, question Question) (all []evidence.Attempt, reply []byte) {
	for try := range datagramTries {
		left := l.Timeout - time.Since(epoch)
		if left <= 0 {
			break
		}
		if !l.Limits.Slots.Acquire(ctx) {
			return append(all, evidence.Attempt{Outcome: evidence.Interrupted}), nil
		}
		r := socket.Request{
			To:      l.Endpoint(port),
			Timeout: min(left, l.DatagramWait()),
			Epoch:   epoch,
			AnyPort: question.AnyPort(), Bye: question.Bye,
		}
		a, reply := l.Network.Exchange(ctx, r, question.Payload(try))
		l.Limits.Slots.Release()
		all = append(all, a)
		if a.Outcome == evidence.Connected {
			l.Sample(a.Elapsed)
			return all, reply
		}
		if a.Outcome != evidence.Silent {
			break
		}
	}
	return all, nil
}

// Sized sends a datagram that makes an IP packet of this size, which no router may break up.
func (l *Line) Sized(ctx context.Context, port uint16, ttl uint8, size int, wait time.Duration) evidence.Attempt {
	a, _ := l.Network.Exchange(ctx, socket.Request{To: l.Endpoint(port), TTL: ttl, Timeout: wait, Whole: true}, make([]byte, size-l.headers()))
	return a
}

// headers are those of IP and UDP.
func (l *Line) headers() int {
	if l.Addr.Is4() {
		return 28
	}
	return 48
}

// AskOnce sends a question once; it lives only so many hops (0: as many as any packet).
func (l *Line) AskOnce(ctx context.Context, port uint16, ttl uint8, wait time.Duration, question Question) evidence.Attempt {
	if !l.Limits.Slots.Acquire(ctx) {
		return evidence.Attempt{Outcome: evidence.Interrupted, TTL: ttl}
	}
	defer l.Limits.Slots.Release()
	r := socket.Request{To: l.Endpoint(port), TTL: ttl, Timeout: wait, AnyPort: question.AnyPort(), Bye: question.Bye}
	a, _ := l.Network.Exchange(ctx, r, question.Payload(0))
	if a.ICMP != nil {
		l.Observe(port, a)
	}
	return a
}

// DatagramWait is how long an answer to a datagram is waited for.
func (l *Line) DatagramWait() time.Duration { return max(datagramWait, 3*l.RTT()) }

// Datagram sends one that lives only so many hops.
func (l *Line) Datagram(ctx context.Context, port uint16, ttl uint8, wait time.Duration) evidence.Attempt {
	a, _ := l.Network.Exchange(ctx, socket.Request{To: l.Endpoint(port), TTL: ttl, Timeout: wait}, []byte{0})
	return a
}
