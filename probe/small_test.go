package probe

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// targetOf makes a target of an address and ports such as "443" or "53/udp".
func targetOf(addr netip.Addr, ports ...string) Target {
	t := Target{Input: addr.String(), Host: addr.String(), Addr: addr}
	var g verdict.Group
	for i, p := range ports {
		number, protocol, udp := strings.Cut(p, "/")
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			panic(err)
		}
		c := Candidate{Port: uint16(n), Protocol: evidence.TCP}
		if udp {
			c.Protocol = evidence.Protocol(protocol)
		}
		t.Candidates = append(t.Candidates, c)
		g.Members = append(g.Members, i)
	}
	g.Mode = verdict.Any
	t.Requirement = verdict.Requirement{Mode: verdict.Any, Groups: []verdict.Group{g}}
	return t
}

// portRange writes ports for targetOf.
func portRange(first, n int) (ports []string) {
	for i := range n {
		ports = append(ports, strconv.Itoa(first+i))
	}
	return ports
}

func TestControls(t *testing.T) {
	addr := netip.MustParseAddr("192.0.2.7")
	target := Target{Addr: addr}
	var members []int
	for p := 61000; p < 65500; p += 2 {
		target.Candidates = append(target.Candidates, Candidate{Port: uint16(p), Protocol: evidence.TCP})
		members = append(members, len(members))
	}
	r := &runner{options: Options{ExcludePort: func(p uint16, _ evidence.Protocol) bool { return p > 61000 && p < 63000 }}}
	h := r.newHost(address{target, 0, addr, nil}, members)
	got := h.controls()
	if len(got) != controlCount || got[0].want.Port == got[1].want.Port {
		t.Fatalf("%d controls", len(got))
	}
	for _, c := range got {
		if c.candidate != -1 || c.want.Port < 63000 || c.want.Port%2 == 0 {
			t.Errorf("control %+v", c.want)
		}
	}
	if h := (&runner{options: Options{Trace: TraceNever}}).newHost(address{target, 0, addr, nil}, members); h.controls() != nil {
		t.Error("controls although the path must not be walked")
	}
	if h := (&runner{}).newHost(address{target, 0, netip.MustParseAddr("127.0.0.1"), nil}, members); h.controls() != nil {
		t.Error("controls on this computer")
	}
}

func TestSpreadSample(t *testing.T) {
	ports := make([]*port, 10)
	for i := range ports {
		ports[i] = &port{candidate: i}
	}
	sample, rest := spreadSample(ports, 4)
	if len(sample) != 4 || len(rest) != 6 || sample[0].candidate != 0 || sample[3].candidate < 6 {
		t.Errorf("%d and %d", len(sample), len(rest))
	}
	if sample, rest = spreadSample(ports[:3], 4); len(sample) != 3 || rest != nil {
		t.Error("few ports are all compared")
	}
}
