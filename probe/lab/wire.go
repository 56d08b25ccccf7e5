//go:build linux

package lab

import (
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Wire carries the Ethernet frames between two nodes, in user space: it can delay, lose, watch and forge them.
// Its methods may be called while traffic flows, from any goroutine.
type Wire struct {
	ends [2]wireEnd
	done chan struct{} // closed with the wire

	mu       sync.Mutex
	delay    time.Duration
	jitter   time.Duration
	random   *rand.Rand
	filters  []*filter
	captures []*Capture
}

type wireEnd struct {
	node string
	tap  io.ReadWriteCloser
}

// filter is a function that sees each packet as it enters the wire and says whether to drop it.
type filter struct{ drop func(*Packet) bool }

// frame on its way.
type frame struct {
	data []byte
	due  time.Time
}

// queueLength is far above what a test has in flight; beyond it frames are lost, as in a real queue.
const queueLength = 8192

func newWire(a string, tapA io.ReadWriteCloser, b string, tapB io.ReadWriteCloser, delay time.Duration, seed uint64) *Wire {
	w := &Wire{
		ends:   [2]wireEnd{{a, tapA}, {b, tapB}},
		done:   make(chan struct{}),
		delay:  delay,
		random: rand.New(rand.NewPCG(seed, 0)),
	}
	go w.carry(w.ends[0], w.ends[1])
	go w.carry(w.ends[1], w.ends[0])
	return w
}

func (w *Wire) close() {
	close(w.done)
	w.ends[0].tap.Close()
	w.ends[1].tap.Close()
}

// carry takes frames from one end to the other until the ends are closed.
func (w *Wire) carry(from, to wireEnd) {
	queue := make(chan frame, queueLength)
	defer close(queue)
	go w.deliver(queue, to.tap)
	buffer := make([]byte, 1<<16)
	var last time.Time
	for {
		n, err := from.tap.Read(buffer)
		if err != nil {
			return
		}
		f := frame{data: slices.Clone(buffer[:n])}
		wait, pass := w.admit(parse(f.data, from.node, to.node))
		if !pass {
			continue
		}
		// Jitter never changes the order.
		f.due = time.Now().Add(wait)
		if f.due.Before(last) {
			f.due = last
		}
		last = f.due
		select {
		case queue <- f:
		default:
		}
	}
}

// deliver writes frames when they are due. A device that is down refuses them: they are lost.
func (w *Wire) deliver(queue <-chan frame, to io.Writer) {
	for f := range queue {
		if d := time.Until(f.due); d > 0 {
			select {
			case <-time.After(d):
			case <-w.done:
				return
			}
		}
		to.Write(f.data)
	}
}

// admit records a packet and asks the filters, in the order in which they were added.
func (w *Wire) admit(p *Packet) (wait time.Duration, pass bool) {
	w.mu.Lock()
	for _, c := range w.captures {
		c.add(p)
	}
	wait = w.delay
	if w.jitter > 0 {
		wait += time.Duration(w.random.Int64N(int64(w.jitter)))
	}
	filters := slices.Clone(w.filters)
	w.mu.Unlock()
	for _, f := range filters {
		if f.drop(p) {
			return 0, false
		}
	}
	return wait, true
}

// SetDelay changes the one-way delay, and what a random part of 0 to jitter adds to it.
func (w *Wire) SetDelay(oneWay, jitter time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay, w.jitter = oneWay, jitter
}

// Filter shows every packet that enters the wire to drop, and loses those for which it returns true. Both
// directions call it, at the same time: it has to guard its own state. The function returned takes the filter away.
func (w *Wire) Filter(drop func(*Packet) bool) (remove func()) {
	f := &filter{drop}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.filters = append(w.filters, f)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.filters = slices.DeleteFunc(w.filters, func(g *filter) bool { return g == f })
	}
}

// Loss loses the share (0 to 1) of the packets that match all conditions; with none, of all packets, both ways.
// Example: Loss(0.3, SYN).
func (w *Wire) Loss(share float64, conditions ...Match) (remove func()) {
	return w.Filter(func(p *Packet) bool { return p.is(conditions) && w.chance() < share })
}

// LoseFirst loses the first n packets that match all conditions, for each destination port.
func (w *Wire) LoseFirst(n int, conditions ...Match) (remove func()) {
	var mu sync.Mutex
	lost := map[uint16]int{}
	return w.Filter(func(p *Packet) bool {
		if !p.is(conditions) {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		port := p.Dst.Port()
		lost[port]++
		return lost[port] <= n
	})
}

func (w *Wire) chance() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.Float64()
}

// Inject hands a frame to a node at once, as if a device at its end of the wire had sent it.
func (w *Wire) Inject(node string, data []byte) {
	for _, e := range w.ends {
		if e.node == node {
			e.tap.Write(data)
		}
	}
}

// Wire finds the wire between two neighbours, in either order; there being none ends the test.
func (l *Lab) Wire(a, b string) *Wire {
	l.t.Helper()
	for _, w := range l.wires {
		if w.ends[0].node == a && w.ends[1].node == b || w.ends[0].node == b && w.ends[1].node == a {
			return w
		}
	}
	l.t.Fatalf("lab: no wire between %q and %q", a, b)
	return nil
}
