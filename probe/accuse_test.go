package probe

import (
	"crypto/x509"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
	"whyport/probe/verdict"
)

var (
	randomRounds = flag.Int("random-rounds", 60, "networks that TestRandomNetworks makes")
	randomFrom   = flag.Uint64("random-from", 1, "seed of its first network")
)

// fate is what became of a port, and where: at a hop, or on the wire behind it.
type fate struct {
	what string // open, closed, drop, reject, reset, off
	hop  int    // 0: this computer; the last one is the server
	wire bool
}

// randomNetwork is a path with what happens to each port on it.
type randomNetwork struct {
	text   string
	owners []verdict.Party // by hop, from 0
	fates  map[uint16]fate
	off    bool
}

// makeRandom makes the network of a seed: hops that may be silent, losses of up to 5 %, a server that may be off, and rules
// of this computer, of routers, of devices without an address, and of the server.
func makeRandom(seed uint64) randomNetwork {
	r := rand.New(rand.NewPCG(seed, 16))
	n := 2 + r.IntN(5)
	net := randomNetwork{fates: map[uint16]fate{}, owners: []verdict.Party{verdict.ThisComputer}}
	var b strings.Builder
	rtt, names := 0.4+2*r.Float64(), []string{"client"}
	server, last := "203.0.113.7", "203.0.113.1"
	for hop := 1; hop <= n; hop++ {
		name, addr, owner := fmt.Sprintf("r%d", hop), fmt.Sprintf("198.51.%d.2", 90+hop), verdict.Provider
		switch {
		case hop == n:
			name, addr, owner = "server", server, verdict.Server
		case hop == 1:
			addr, owner = "10.1.0.1", verdict.LocalNetwork
		case hop == n-1 && r.IntN(3) > 0:
			addr, owner = last, verdict.ServerNetwork
		case hop == 2 && r.IntN(2) == 0:
			addr, owner = "10.7.0.1", verdict.LocalNetwork
		}
		fmt.Fprintf(&b, "hop %d %s %s %.1fms\n", hop, name, addr, rtt)
		rtt += 0.5 + 12*r.Float64()
		net.owners, names = append(net.owners, owner), append(names, name)
	}
	fmt.Fprintf(&b, "seed %d\nserver ttl %d\n", seed, []int{64, 128, 255}[r.IntN(3)])
	for hop := 1; hop < n; hop++ {
		if r.IntN(6) == 0 {
			fmt.Fprintf(&b, "%s silent\n", names[hop])
		}
	}
	if loss := r.IntN(6); loss > 0 {
		at := r.IntN(n)
		fmt.Fprintf(&b, "%s-%s loss %d%%\n", names[at], names[at+1], loss)
	}
	off := r.IntN(10) == 0
	if off {
		fmt.Fprintf(&b, "%s lacks 203.0.113.99\nat 203.0.113.99\n", names[n-1])
	}
	b.WriteString("test")
	ports := []uint16{22, 25, 80, 443, 2000, 3306, 4711, 8080, 9200, 50000}
	for _, p := range ports {
		fmt.Fprintf(&b, " %d", p)
	}
	b.WriteString("\n")
	for _, p := range ports {
		f := fate{what: "closed", hop: n}
		switch k := r.IntN(10); {
		case k < 3:
			f.what = "open"
			fmt.Fprintf(&b, "server listen %d %s\n", p, service(p))
		case k == 3:
		case k < 6: // the server's own firewall
			f.what = []string{"drop", "reject", "reset"}[r.IntN(3)]
			fmt.Fprintf(&b, "server listen %d http 200\nserver input tcp dport %d %s\n", p, p, action(f.what))
		case k == 6: // this computer's
			f = fate{[]string{"drop", "reject"}[r.IntN(2)], 0, false}
			fmt.Fprintf(&b, "server listen %d http 200\nclient output tcp dport %d %s\n", p, p, action(f.what))
		case k == 7: // a device without an address
			f = fate{[]string{"drop", "reset"}[r.IntN(2)], r.IntN(n), true}
			fmt.Fprintf(&b, "server listen %d http 200\n%s-%s tcp dport %d %s\n", p, names[f.hop], names[f.hop+1], p, f.what)
		default:
			f = fate{[]string{"drop", "reject", "reset"}[r.IntN(3)], 1 + r.IntN(n-1), false}
			fmt.Fprintf(&b, "server listen %d http 200\n%s forward tcp dport %d %s\n", p, names[f.hop], p, action(f.what))
		}
		if off && (f.hop == n || f.wire && f.hop == n-1) {
			f = fate{what: "off", hop: n - 1}
		}
		net.fates[p] = f
	}
	net.text, net.off = b.String(), off
	return net
}

func action(what string) string {
	return map[string]string{"drop": "drop", "reject": "reject admin-prohibited", "reset": "reject tcp-reset"}[what]
}

// service is a server that does what its port promises.
func service(port uint16) string {
	switch port {
	case 22:
		return "greet SSH-2.0-lab"
	case 25:
		return "greet 220 mx ESMTP"
	case 80, 8080, 9200:
		return "http 200"
	case 4711, 50000:
		return "hold"
	}
	return "greet 220 ready"
}

// accuses says what is wrong with a verdict that is meant seriously (likely or certain); "" if nothing.
func (n randomNetwork) accuses(f fate, v verdict.Verdict) string {
	serious := func(c verdict.Confidence) bool { return c == verdict.Likely || c == verdict.Certain }
	server := len(n.owners) - 1
	if serious(v.Confidence) {
		states := map[string][]verdict.State{
			"open": {verdict.Open, verdict.Unknown}, "closed": {verdict.Closed}, "drop": {verdict.Filtered, verdict.Unknown},
			"reject": {verdict.Blocked, verdict.Filtered}, "reset": {verdict.Blocked, verdict.Closed},
			"off": {verdict.Unreachable, verdict.Filtered},
		}[f.what]
		if n.off && f.what == "drop" { // the last router's word on the address holds for the dropped port, too
			states = append(states, verdict.Unreachable)
		}
		if f.hop == 0 && !f.wire || f.what == "drop" && f.hop == 0 {
			states = append(states, verdict.Blocked)
		}
		if !slices.Contains(states, v.State) {
			return "state"
		}
		// What stands right before the server is taken for its own firewall; the sentence says so where nothing proves the server.
		switch before := f.hop == server-1 && (f.wire || v.Has(verdict.MayBeImitated)); {
		case f.what != "reset" || f.hop == server || v.State != verdict.Closed:
		case before:
			return ""
		default:
			return "a forged reset is called the server's"
		}
		if f.what == "reset" && f.hop == server && v.State == verdict.Blocked {
			return "the server's reset is called a device's"
		}
	}
	w := v.Where
	if v.State == verdict.Unreachable && n.off {
		return ""
	}
	if w == nil || !serious(w.Confidence) || w.Party == verdict.PartyUnknown {
		return ""
	}
	next := min(f.hop+1, server)
	parties := []verdict.Party{n.owners[f.hop]}
	if f.wire || w.OrNext || f.what == "off" {
		parties = append(parties, n.owners[next])
	}
	if w.OrNext && f.hop > 0 {
		parties = append(parties, n.owners[f.hop-1])
	}
	if f.hop == server {
		parties = append(parties, verdict.ServerNetwork)
	}
	if !slices.Contains(parties, w.Party) {
		return "party"
	}
	from, to := int(w.Hop), int(w.Hop)
	if w.OrNext {
		to++
	}
	if h := f.hop; w.Hop > 0 && !(from <= h && h <= to) && !((f.wire || f.what == "off") && from <= h+1 && h+1 <= to) {
		return "hop"
	}
	return ""
}

// TestRandomNetworks: whom a verdict accuses with more than "possible" is to blame, in networks that nobody thought of. The
// bounds are what is known to remain (with -random-rounds 1000: see the sums).
func TestRandomNetworks(t *testing.T) {
	ports, likely, certain := 0, 0, 0
	for seed := *randomFrom; seed < *randomFrom+uint64(*randomRounds); seed++ {
		made := makeRandom(seed)
		names, results := runRandom(t, made.text)
		for p, v := range results {
			ports++
			wrong := made.accuses(made.fates[p], v)
			if wrong == "" {
				continue
			}
			if v.Confidence == verdict.Certain && (wrong == "state" || v.Where == nil) || v.Where != nil && v.Where.Confidence == verdict.Certain {
				certain++
			}
			likely++
			t.Logf("seed %d, port %d is %+v (%s): %s: %s", seed, p, made.fates[p], wrong, v.Rule, said(v, names))
		}
	}
	t.Logf("%d ports, %d accused wrongly, %d of them certain", ports, likely, certain)
	if certain > 0 || likely*1000 > ports*randomLikely {
		t.Errorf("%d of %d ports accuse whom they should not, %d of them certain", likely, ports, certain)
	}
}

// randomLikely of a thousand ports may be wrong with "likely".
const randomLikely = 3

func runRandom(t *testing.T, text string) (map[netip.Addr]string, map[uint16]verdict.Verdict) {
	s, err := simnet.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	out := map[uint16]verdict.Verdict{}
	synctest.Test(t, func(t *testing.T) {
		run := Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(4), s.Ports...)}, Options: Options{
			Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}, Hooks{})
		time.Sleep(time.Second)
		for r := range run.Targets[0].All() {
			out[r.Port.Port] = r.Verdict
		}
	})
	return s.Net.Names(), out
}
