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

func keyOf(p Port, source netip.AddrPort) entryKey {
	return entryKey{p, netip.AddrPortFrom(source.Addr().Unmap(), source.Port())}
}

type entry struct {
	first, last time.Time
	again       time.Time // when it was last answered on the wire
	seen        mark
	told        bool // of a half-open connection
	runs        map[string]bool
}

// mark is what is known of a packet.
type mark struct {
	syn, answered, accepted, captured bool
	run                               string         // of a datagram's sender
	local                             netip.AddrPort // where it was captured
}

// note keeps a packet; entry is a copy of what is known of its sender now.
func (b *book) note(p Port, source netip.AddrPort, m mark) entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.entries == nil {
		b.entries, b.per = map[entryKey]*entry{}, map[netip.Addr][]entryKey{}
	}
	key, now := keyOf(p, source), b.time()
	e := b.entries[key]
	if e == nil {
		e = &entry{first: now}
		b.entries[key], b.order = e, append(b.order, key)
		b.trim(key)
	}
	e.last = now
	e.seen.syn, e.seen.answered = e.seen.syn || m.syn, e.seen.answered || m.answered
	e.seen.accepted, e.seen.captured = e.seen.accepted || m.accepted, e.seen.captured || m.captured
	if m.local.IsValid() {
		e.seen.local = m.local
	}
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

// failedSYN is one that nobody took.
type failedSYN struct {
	port          Port
	local, remote netip.AddrPort
}

// failed are the captured SYNs that people do not know of yet: no answer left in time, or it had to leave again, as it does until the
// client takes it (RFC 9293, 3.8.1). A single answer says nothing: scanners do not go on.
func (b *book) failed(after time.Duration) (out []failedSYN) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.time()
	for key, e := range b.entries {
		if !e.seen.captured || !e.seen.syn || e.seen.accepted || e.told {
			continue
		}
		if !e.seen.answered && now.Sub(e.first) >= after || e.again.Sub(e.first) >= after/2 {
			out = append(out, failedSYN{key.port, e.seen.local, key.source})
		}
	}
	return out
}

// answer notes that an answer to a SYN left on the wire.
func (b *book) answer(p Port, source netip.AddrPort) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.entries[keyOf(p, source)]; e != nil {
		e.seen.answered, e.again = true, b.time()
	}
}

// wasAnswered reports whether an answer to a SYN left.
func (b *book) wasAnswered(p Port, source netip.AddrPort) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[keyOf(p, source)]
	return e != nil && e.seen.answered
}

func (b *book) time() time.Time {
	if b.now != nil {
		return b.now()
	}
	return time.Now()
}
