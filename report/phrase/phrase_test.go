package phrase

import (
	"slices"
	"testing"
	"time"
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
		if got := Ranges(c.in); got != c.want {
			t.Errorf("Ranges(%v) = %q, want %q", c.in, got, c.want)
		}
	}
	tcp, udp := Ports{Protocol: "tcp", Numbers: []uint16{53}}, Ports{Protocol: "udp", Numbers: []uint16{53}}
	if got := PortList(tcp, udp); got != "TCP 53 and UDP 53" {
		t.Errorf("%q", got)
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
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}
