package verdict

import (
	"net/netip"
	"testing"

	"whyport/probe/evidence"
)

// wayOut is a walk whose routers answered at these hops; "" is silence.
func wayOut(routers ...string) *evidence.Walk {
	w := &evidence.Walk{Protocol: evidence.TCP}
	for i, r := range routers {
		h := evidence.Hop{TTL: uint8(i + 1)}
		if r != "" {
			from := netip.MustParseAddr(r)
			h.Addr, h.ICMP = from, &evidence.ICMP{Type: 11, From: from}
		}
		w.Hops = append(w.Hops, h)
	}
	return w
}

func quietRounds(n int) (out []evidence.Attempt) {
	for range n {
		out = append(out, evidence.Attempt{TTL: 2, Outcome: evidence.Silent})
	}
	return out
}

func TestEgress(t *testing.T) {
	const r1, r2, provider, edge = "10.1.0.1", "10.2.1.2", "198.51.100.2", "203.0.113.130"
	nat := wayOut(r1, "100.64.7.1", provider, edge)
	all := wayOut(r1, r2, provider, edge)
	forbids := evidence.Attempt{TTL: 3, Outcome: evidence.Failed, ICMP: &evidence.ICMP{Type: 3, Code: 13, From: netip.MustParseAddr(r2)}}
	atServer := evidence.Attempt{TTL: 4, Outcome: evidence.Failed, ICMP: &evidence.ICMP{Type: 3, Code: 13, From: netip.MustParseAddr(edge)}}
	hidden := wayOut(r1, r2, "", "", "") // what lies behind the second router says nothing, but for the server at hop 5
	hidden.Hops[4].End = evidence.Connected
	next := wayOut(r1, r2, "")
	next.Hops[2].End = evidence.Refused
	for name, c := range map[string]struct {
		reference, walk *evidence.Walk
		attempts        []evidence.Attempt
		want            string
	}{
		"goes as far":                      {all, wayOut(r1, r2, provider, edge), nil, "leaves-network"},
		"goes as far, with a gap":          {all, wayOut(r1, "", "", edge), nil, "leaves-network"},
		"silent behind the gateway":        {all, wayOut(r1, "", "", ""), quietRounds(EgressRounds), "filtered local-network 1 likely"},
		"silent behind the second":         {all, wayOut(r1, r2, "", ""), quietRounds(EgressRounds), "filtered local-network 2 possible"},
		"silent behind the provider's NAT": {nat, wayOut(r1, "100.64.7.1", "", ""), quietRounds(EgressRounds), "filtered provider 2 likely"},
		"silent before it, perhaps":        {nat, wayOut(r1, "", "", ""), quietRounds(EgressRounds), "filtered local-network 1 possible"},
		"too few rounds":                   {all, wayOut(r1, "", "", ""), quietRounds(EgressRounds - 1), "not-tested"},
		"no round at all":                  {all, wayOut(r1, "", "", ""), nil, "not-tested"},
		"silent before the server's edge":  {all, wayOut(r1, r2, provider, ""), quietRounds(EgressRounds), "leaves-network"},
		"no router answers the reference":  {wayOut("", ""), wayOut("", ""), quietRounds(EgressRounds), "not-tested"},
		"no reference":                     {nil, nil, quietRounds(EgressRounds), "not-tested"},
		"silent before the first":          {all, wayOut("", "", "", ""), quietRounds(EgressRounds), "filtered local-network 1 possible"},
		"forbidden by the second":          {all, wayOut(r1, "", "", ""), []evidence.Attempt{forbids}, "blocked local-network 2 likely"},
		"forbidden at the server's edge":   {all, wayOut(r1, r2, "", ""), []evidence.Attempt{atServer}, "leaves-network"},
		"reset nearer than a router":       {all, wayOut(r1, "", "", ""), []evidence.Attempt{{TTL: 2, Outcome: evidence.Refused}}, "blocked local-network 1 likely"},
		"taken nearer than a router":       {all, wayOut(r1, "", "", ""), []evidence.Attempt{{TTL: 2, Outcome: evidence.Connected}}, "blocked local-network 1 likely"},
		"as far as the last that answers":  {hidden, wayOut(r1, r2, "", "", ""), nil, "not-tested"},
		"to the server, past the silent":   {hidden, wayOut(r1, r2, "", "", ""), []evidence.Attempt{{TTL: 5, Outcome: evidence.Refused}}, "leaves-network"},
		"reset before the server":          {hidden, wayOut(r1, r2, "", "", ""), []evidence.Attempt{{TTL: 4, Outcome: evidence.Refused}}, "blocked local-network 2 likely"},
		"the server is next":               {next, wayOut(r1, r2, ""), nil, "leaves-network"},
		"interrupted":                      {all, wayOut(r1, "", "", ""), []evidence.Attempt{{Outcome: evidence.Interrupted}}, "interrupted"},
		"this computer forbids it":         {all, wayOut("", "", "", ""), []evidence.Attempt{{Outcome: evidence.Failed, Local: true, Errno: "EPERM"}}, "blocked this-computer 0 certain"},
		"a reset where nobody stands near": {all, wayOut("", "", "", ""), []evidence.Attempt{{TTL: 2, Outcome: evidence.Refused}}, "blocked local-network 1 likely"},
	} {
		a := netip.MustParseAddr("203.0.113.7")
		p := &evidence.Port{Addr: a, Port: 25, Protocol: evidence.TCP, Walk: c.walk, Attempts: c.attempts}
		h := &evidence.Host{Addr: a, Own: []netip.Addr{netip.MustParseAddr("10.1.0.2")}, Reference: c.reference}
		v := Egress(p, h)
		got := string(v.Reason)
		if v.State != Unknown {
			got = string(v.State) + " " + string(v.Where.Party) + " " + string(rune('0'+v.Where.Hop)) + " " + string(v.Where.Confidence)
		}
		if got != c.want || v.Usable || v.Rule == "" || v.Confidence == "" {
			t.Errorf("%s: %s, want %s (%+v)", name, got, c.want, v)
		}
	}
}
