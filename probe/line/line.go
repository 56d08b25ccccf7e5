// Package line makes attempts to one address within the limits of a run: it repeats what may have been lost, learns round
// trips and losses, and slows down where this computer or a router has no more to give. It says what was seen and decides
// nothing.
package line

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Line is the way to one address, and what was learned of it.
type Line struct {
	Addr     netip.Addr
	Network  socket.Network
	Limits   *Limits
	Timeout  time.Duration // for a whole port
	Attempts int           // fresh SYNs before silence is believed

	loses atomic.Bool // something got lost on the way

	mu       sync.Mutex
	rtt      evidence.RoundTrips
	disowned bool
	least    map[uint16]time.Duration // by port; 0: what answered there was not the server
	lastICMP time.Time                // of an error that a router can limit
	gateway  netip.Addr
}

// Endpoint is a port of the address.
func (l *Line) Endpoint(port uint16) netip.AddrPort { return netip.AddrPortFrom(l.Addr, port) }

// RTT is the smoothed round trip, 0 as long as nothing answered.
func (l *Line) RTT() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rtt.Smoothed
}

// LeastRTT is the shortest round trip, 0 as long as nothing answered but what was disowned.
func (l *Line) LeastRTT() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.disowned {
		return l.rtt.Least
	}
	least := time.Duration(0)
	for _, took := range l.least {
		if took > 0 && (least == 0 || took < least) {
			least = took
		}
	}
	return least
}

// Disown makes the round trips to a port another's: something nearer answers there.
func (l *Line) Disown(port uint16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.disowned = true
	l.least[port] = 0
}

func (l *Line) learn(port uint16, took time.Duration) {
	l.rtt.Add(took)
	if l.least == nil {
		l.least = map[uint16]time.Duration{}
	}
	if before, known := l.least[port]; !known || before > took {
		l.least[port] = took
	}
}

// Sample adds a round trip that was measured elsewhere.
func (l *Line) Sample(rtt time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rtt.Add(rtt)
}

// Lossy reports that packets get lost.
func (l *Line) Lossy() bool { return l.loses.Load() }

// NoteLoss makes the line lossy.
func (l *Line) NoteLoss() { l.loses.Store(true) }

// LastError is when a router last sent an ICMP error: until some time later it owes none.
func (l *Line) LastError() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lastICMP
}

// Gateway is a router one hop away that has sent an ICMP error, or this computer itself; invalid: none is known.
func (l *Line) Gateway() netip.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gateway
}

// AnswerWait is how long an answer that is expected is waited for.
func (l *Line) AnswerWait() time.Duration { return min(max(3*l.RTT(), MinWait), MaxWait) }

// MinWait and MaxWait bound the wait for one expected answer.
const (
	MinWait = 100 * time.Millisecond
	MaxWait = time.Second
)

// Longer is the wait of a repeated question (try counts from 0): the first may have met a moment's delay, not silence.
func Longer(wait time.Duration, try int) time.Duration {
	return min(wait*time.Duration(1+2*try), max(wait, MaxWait))
}

// shortageWait is how long a probe waits for a socket before the port is given up as unknown/no-sockets.
const shortageWait = 3 * time.Second

// unheardTries is how often a SYN is sent whose answer this program may have slept through.
const unheardTries = 3

// Connect is one SYN within the limits of the run. While this computer is short of sockets it slows down and tries again
// until the request's time is over. Silence while this program did not run is none: it asks again, and the last such silence is
// Unheard. The caller closes the connection.
func (l *Line) Connect(ctx context.Context, r socket.Request, port uint16, epoch time.Time) (evidence.Attempt, net.Conn) {
	return l.connect(ctx, r, port, epoch, func() {})
}

// connect calls begins when it has a socket's place and the SYN leaves.
func (l *Line) connect(ctx context.Context, r socket.Request, port uint16, epoch time.Time, begins func()) (evidence.Attempt, net.Conn) {
	r.To, r.Epoch = l.Endpoint(port), epoch
	deadline := time.Now().Add(max(r.Timeout, shortageWait))
	tries := unheardTries
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		if !l.Limits.Pace.Wait(ctx) || !l.Limits.Slots.Acquire(ctx) {
			return evidence.Attempt{Outcome: evidence.Interrupted, TTL: r.TTL, MinTTL: r.MinTTL}, nil
		}
		begins()
		begun := time.Now()
		a, conn := l.Network.Connect(ctx, r)
		if a.Outcome == evidence.NoSocket {
			l.Limits.Slots.Shrink()
		}
		l.Limits.Slots.Release()
		if a.Outcome == evidence.Silent && l.Limits.Missed(begun) > 0 {
			if tries--; tries > 0 {
				continue
			}
			a.Outcome = evidence.Unheard
		}
		if a.Outcome != evidence.NoSocket || time.Now().After(deadline) || !Pause(ctx, wait) {
			l.Observe(port, a)
			return a, conn
		}
	}
}

// Short sends one SYN with a small TTL and ends the connection if there is one, in order: servers log what is reset.
func (l *Line) Short(ctx context.Context, port uint16, ttl uint8, wait time.Duration) evidence.Attempt {
	a, conn := l.Connect(ctx, socket.Request{TTL: ttl, Timeout: wait}, port, time.Time{})
	if conn != nil {
		_ = conn.Close()
	}
	return a
}

// AtLeast sends a SYN whose answers count only with this TTL or more.
func (l *Line) AtLeast(ctx context.Context, port uint16, ttl uint8) evidence.Attempt {
	a, conn := l.Connect(ctx, socket.Request{MinTTL: ttl, Timeout: l.AnswerWait()}, port, time.Time{})
	if conn != nil {
		_ = conn.Close()
	}
	return a
}

// Observe feeds the round trip from a port's answers at full TTL, and remembers when a router last sent an error.
func (l *Line) Observe(port uint16, a evidence.Attempt) {
	if a.ICMP != nil {
		l.Limits.Tokens.spend(a.ICMP.From)
		l.mu.Lock()
		l.lastICMP = time.Now()
		if a.ICMP.From != l.Addr && (a.TTL == 1 || a.ICMP.HopGuess() == 1) {
			l.gateway = a.ICMP.From
		}
		l.mu.Unlock()
		return
	}
	if a.TTL != 0 || a.MinTTL != 0 || !a.ByTCP() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := a.TCP; i == nil || i.TotalRetrans == 0 || l.rtt.Smoothed == 0 { // Karn's algorithm (RFC 6298, 3)
		l.learn(port, a.RoundTrip())
		if i != nil && i.RTT > 0 { // a busy computer's program sees the handshake's end late, its kernel does not
			l.rtt.Least, l.least[port] = min(l.rtt.Least, i.RTT), min(l.least[port], i.RTT)
		}
	}
}
