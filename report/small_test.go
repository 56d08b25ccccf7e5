package report

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

func odd(n uint16) (ports []uint16) {
	for i := range n {
		ports = append(ports, 2*i+1)
	}
	return ports
}

func TestPortsAreListedAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		in   []uint16
		want string
	}{
		{[]uint16{443}, "443"},
		{[]uint16{2000, 80, 20}, "20, 80, 2000"},
		{[]uint16{1, 2, 3, 5, 6, 8, 8}, "1-3, 5, 6, 8"},
		{[]uint16{65533, 65534, 65535}, "65533-65535"},
		{[]uint16{1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25}, "1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25"},
		{odd(25), "1-49 (25 ports)"},
	} {
		if got := ranges(c.in); got != c.want {
			t.Errorf("ranges(%v) = %q, want %q", c.in, got, c.want)
		}
	}
	tcp, udp := &Port{Port: 53, Protocol: "tcp"}, &Port{Port: 53, Protocol: "udp"}
	if got := portList([]*Port{tcp, udp}); got != "TCP 53 and UDP 53" {
		t.Errorf("%q", got)
	}
}

func TestReplaceWhole(t *testing.T) {
	for _, c := range [][4]string{
		{"allow TCP 20 from", "TCP 20", "TCP 20, 80", "allow TCP 20, 80 from"},
		{"allow TCP 2000.", "TCP 20", "x", "allow TCP 2000."},
		{"to 10.0.0.1; or 10.0.0.11, 10.0.0.1.", "10.0.0.1", "X", "to X; or 10.0.0.11, X."},
		{"2001:db8::1 and 2001:db8::1:2", "2001:db8::1", "X", "X and 2001:db8::1:2"},
		{"110.0.0.1", "10.0.0.1", "X", "110.0.0.1"},
	} {
		if got := replaceWhole(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("replaceWhole(%q, %q) = %q, want %q", c[0], c[1], got, c[3])
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two three", 8, []string{"one two", "three"}},
		{"2001:db8:1234:5678::1", 10, []string{"2001:db8:", "1234:5678:", ":1"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"\u6771\u4eac\u90fd", 4, []string{"\u6771\u4eac", "\u90fd"}},
	} {
		if got := Wrap(c.in, c.width); !slices.Equal(got, c.want) {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestDurationsAreShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.0 ms", 30 * time.Microsecond: "<0.1 ms", 400 * time.Microsecond: "0.4 ms", 31200 * time.Microsecond: "31 ms",
		1760 * time.Millisecond: "1.8 s", 90 * time.Second: "1m30s",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestLoopbackIsNotANetwork(t *testing.T) {
	for _, reason := range []verdict.Reason{verdict.NoResponse, verdict.TLSNoResponse, verdict.Reset} {
		s := &subject{run: &probe.Run{}, target: &probe.TargetRun{}, port: &evidence.Port{Addr: netip.MustParseAddr("127.0.0.1"), Port: 1},
			verdict: verdict.Verdict{Reason: reason, Confidence: verdict.Certain}}
		if w := s.words(); strings.Contains(w.next, "network administrator") || strings.Contains(w.next, "server's administrator") {
			t.Errorf("%s: %s", reason, w.next)
		}
	}
}
