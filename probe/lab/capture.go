//go:build linux

package lab

import (
	"slices"
	"sync"
	"time"
)

// Capture holds the packets that entered wires since it was made.
type Capture struct {
	conditions []Match
	mu         sync.Mutex
	packets    []*Packet
}

// settle is how long a packet may need from a socket to the wire's reader on a busy machine.
const settle = 30 * time.Millisecond

// Capture records the packets that a node sends or receives on any of its wires and that match all conditions,
// such as From("client") and SYN. It sees what crosses a wire, before a Filter drops it; what the node's own
// firewall drops on output never gets there.
func (l *Lab) Capture(node string, conditions ...Match) *Capture {
	l.t.Helper()
	l.node(node)
	c := &Capture{conditions: conditions}
	for _, w := range l.wires {
		if w.ends[0].node == node || w.ends[1].node == node {
			w.mu.Lock()
			w.captures = append(w.captures, c)
			w.mu.Unlock()
		}
	}
	return c
}

func (c *Capture) add(p *Packet) {
	if !p.is(c.conditions) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.packets = append(c.packets, p)
}

// Packets returns, in the order of arrival, what was recorded so far and matches all conditions. It waits a
// moment first, for what was sent just before.
func (c *Capture) Packets(conditions ...Match) []*Packet {
	time.Sleep(settle)
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.packets), func(p *Packet) bool { return !p.is(conditions) })
}

// Count is the number of Packets.
func (c *Capture) Count(conditions ...Match) int { return len(c.Packets(conditions...)) }

// ByTTL counts Packets by their TTL or hop limit.
func (c *Capture) ByTTL(conditions ...Match) map[uint8]int {
	return count(c.Packets(conditions...), func(p *Packet) uint8 { return p.TTL })
}

// ByPort counts Packets by their destination port.
func (c *Capture) ByPort(conditions ...Match) map[uint16]int {
	return count(c.Packets(conditions...), func(p *Packet) uint16 { return p.Dst.Port() })
}

func count[K comparable](packets []*Packet, key func(*Packet) K) map[K]int {
	counts := map[K]int{}
	for _, p := range packets {
		counts[key(p)]++
	}
	return counts
}
