package simnet

import (
	"net/netip"
	"time"

	"whyport/probe/evidence"
)

// packet is what rules see of one.
type packet struct {
	protocol evidence.Protocol
	from, to netip.AddrPort
	ttl      uint8
	extra    evidence.Extra
	back     bool // on its way to the client
}

func (p packet) v6() bool { return p.to.Addr().Is6() }

// span is a range of ports; no spans match every packet, also one without ports.
type span struct{ first, last uint16 }

type spans []span

func (s spans) has(port uint16) bool {
	for _, r := range s {
		if port >= r.first && port <= r.last {
			return true
		}
	}
	return false
}

// bucket is an allowance that fills up again.
type bucket struct {
	tokens float64
	at     time.Time
}

// take takes a token; false if there is none.
func (b *bucket) take(at time.Time, every time.Duration, size float64) bool {
	if b.at.IsZero() {
		b.tokens = size
	} else if at.After(b.at) {
		b.tokens += float64(at.Sub(b.at)) / float64(every)
	}
	if at.After(b.at) {
		b.at = at
	}
	if b.tokens = min(b.tokens, size); b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// family is an index: 0 for IPv4, 1 for IPv6.
func family(v6 bool) int {
	if v6 {
		return 1
	}
	return 0
}
