package listen

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// Bounds of the book: what one address can fill, and all together. The oldest entries go first.
const (
	maxEntries   = 16 << 10
	maxOfAddress = 1 << 10
)

// book is what arrived.
type book struct {
	mu      sync.Mutex
	entries map[entryKey]*entry
	order   []entryKey
	per     map[netip.Addr][]entryKey
	now     func() time.Time // nil: time.Now
}

type entryKey struct {
	port   Port
	source netip.AddrPort
}

type entry struct {
	first, last time.Time
	seen        mark
	told        bool // of a half-open connection
	runs        map[string]bool
}

// mark is what is known of a packet.
type mark struct {
	syn, answered, accepted, captured bool
	run                               string // of a datagram's sender
}

// note keeps a packet; entry is a copy of what is known of its sender now.
func (b *book) note(p Port, source netip.AddrPort, m mark) entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.entries == nil {
		b.entries, b.per = map[entryKey]*entry{}, map[netip.Addr][]entryKey{}
	}
	source = netip.AddrPortFrom(source.Addr().Unmap(), source.Port())
	key, now := entryKey{p, source}, time.Now()
	if b.now != nil {
		now = b.now()
	}
	e := b.entries[key]
	if e == nil {
		e = &entry{first: now}
		b.entries[key], b.order = e, append(b.order, key)
		b.trim(key)
	}
	e.last = now
	e.seen.syn, e.seen.answered = e.seen.syn || m.syn, e.seen.answered || m.answered
	e.seen.accepted, e.seen.captured = e.seen.accepted || m.accepted, e.seen.captured || m.captured
	if m.run != "" && len(e.runs) < 16 {
		if e.runs == nil {
			e.runs = map[string]bool{}
		}
		e.runs[m.run] = true
	}
	return *e
}

// trim makes room for a new entry: its address's own oldest goes first, so that one address can't take all.
func (b *book) trim(key entryKey) {
	a := key.source.Addr()
	b.per[a] = append(b.per[a], key)
	if of := b.per[a]; len(of) > maxOfAddress {
		delete(b.entries, of[0])
		b.per[a] = of[1:]
	}
	for len(b.order) > maxEntries {
		old := b.order[0]
		b.order = b.order[1:]
		delete(b.entries, old)
		a := old.source.Addr()
		if b.per[a] = slices.DeleteFunc(b.per[a], func(k entryKey) bool { return k == old }); len(b.per[a]) == 0 {
			delete(b.per, a)
		}
	}
}

// toldOf notes that people know of a half-open connection from this address to this port; false: they did already.
func (b *book) toldOf(p Port, a netip.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := true
	for key, e := range b.entries {
		if key.port == p && key.source.Addr() == a {
			first, e.told = first && !e.told, true
		}
	}
	return first
}

// arrived reports whether a SYN from this address is known at a port.
func (b *book) arrived(p Port, a netip.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key := range b.entries {
		if key.port == p && key.source.Addr() == a {
			return true
		}
	}
	return false
}

// sight is what is known of the packets of one run to one port. They are those from the client's address, and over UDP those
// that say whose they are.
func (b *book) sight(asked farend.PortAsked, client netip.Addr, since time.Time, run string) (s evidence.Sight) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, same := Port{asked.Port, asked.Protocol}, 0
	for key, e := range b.entries {
		if key.port != p || e.last.Before(since) {
			continue
		}
		sameSource := slices.Contains(asked.Sources, key.source.Port())
		switch {
		case p.Protocol == evidence.UDP && !e.runs[run]:
			continue
		case p.Protocol == evidence.TCP && key.source.Addr() != client:
			s.Others++
			continue
		}
		s.Arrived++
		if sameSource || p.Protocol == evidence.UDP {
			same++
		}
		if e.seen.answered || e.seen.accepted {
			s.Answered++
		}
		if s.First.IsZero() || e.first.Before(s.First) {
			s.First = e.first.UTC()
		}
		if e.last.After(s.Last) {
			s.Last, s.Source = e.last.UTC(), key.source
		}
	}
	s.Same = same > 0
	return s
}
