package listen

import (
	"net/netip"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
)

// TestSYNsThatCameToNothing: what is told of is what had no answer in time, or had to be answered again; once, and not what was accepted.
func TestSYNsThatCameToNothing(t *testing.T) {
	began := time.Now()
	now := began
	b := &book{now: func() time.Time { return now }}
	port := func(n uint16) Port { return Port{n, evidence.TCP} }
	from := netip.MustParseAddrPort("192.0.2.1:40000")
	for n := uint16(1); n <= 4; n++ {
		b.note(port(n), from, mark{syn: true, captured: true})
	}
	b.answer(port(2), from) // a scanner's: it answers with a reset
	b.answer(port(3), from)
	b.note(port(4), from, mark{syn: true, accepted: true})
	b.answer(port(9), from) // a reset of a connection whose SYN was never seen
	if got := b.failed(time.Second); len(got) != 0 {
		t.Errorf("at once: %v", got)
	}
	now = began.Add(1100 * time.Millisecond)
	b.answer(port(3), from)
	told := map[uint16]bool{}
	for _, s := range b.failed(time.Second) {
		told[s.port.Port] = true
		b.toldOf(s.port, s.remote.Addr())
	}
	if len(told) != 2 || !told[1] || !told[3] {
		t.Errorf("after a second: %v", told)
	}
	if got := b.failed(time.Second); len(got) != 0 {
		t.Errorf("again: %v", got)
	}
	if b.wasAnswered(port(1), from) || !b.wasAnswered(port(3), from) || b.wasAnswered(port(9), from) {
		t.Error("which were answered")
	}
}

// TestNoCodeOfNothing: where SYNs whose answer is lost can't be seen, no code says that nothing arrived.
func TestNoCodeOfNothing(t *testing.T) {
	l := &Listener{options: Options{Token: farend.NewToken(), Ports: []Port{{8000, evidence.TCP}}}}
	if c := l.NothingCode(); c != "" {
		t.Errorf("%q", c)
	}
	if l.halfOpen = true; l.NothingCode() == "" {
		t.Error("no code")
	}
}

// TestAnswersOnTheWire: of what leaves, SYN-ACK and RST are answers; of what comes, a SYN alone is a question.
func TestAnswersOnTheWire(t *testing.T) {
	for _, c := range []struct {
		flags byte
		out   bool
		want  bool
	}{
		{flagSYN, false, true}, {flagSYN | flagACK, true, true}, {flagRST | flagACK, true, true}, {flagRST, true, true},
		{flagSYN | flagACK, false, false}, {flagRST, false, false}, {flagACK, true, false}, {flagSYN, true, false},
	} {
		packet := make([]byte, 40)
		packet[0], packet[9], packet[33] = 0x45, 6, c.flags
		if p, ok := readSYN(packet, c.out); ok != c.want || ok && p.out != c.out {
			t.Errorf("flags %#x, out %v: %v", c.flags, c.out, ok)
		}
	}
}
