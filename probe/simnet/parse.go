package simnet

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"whyport/probe/evidence"
)

// defaultPath is the lab's network (probe/lab).
const defaultPath = `
1 r1     10.1.0.1     fd00:1::1        1ms
2 r2     10.2.1.2     fd00:2::2        9ms
3 r3     198.51.100.2 2001:db8:3::2    17ms
4 server 203.0.113.7  2001:db8:113::7  27ms`

func newNetwork() *Network {
	n := &Network{seed: 1, sockets: -1, wires: map[string]*wire{}}
	n.client = &node{name: "client", ttl: 64, v4: netip.MustParseAddr("10.1.0.2"), v6: netip.MustParseAddr("fd00:1::2")}
	return n
}

func (n *Network) setDefaultPath() {
	for line := range strings.Lines(strings.TrimSpace(defaultPath)) {
		if err := n.addHop(strings.Fields(line)); err != nil {
			panic(err) // the constant above
		}
	}
}

// addHop reads "3 r3 198.51.100.2 2001:db8:3::2 17ms".
func (n *Network) addHop(words []string) error {
	if len(words) < 4 {
		return fmt.Errorf("a hop is its number, name, addresses and round trip")
	}
	at, err := strconv.Atoi(words[0])
	if err != nil || at != len(n.hops) && at != len(n.hops)+1 || at < 1 {
		return fmt.Errorf("hops are numbered from 1, without gaps")
	}
	o := &node{name: words[1], ttl: 64}
	for _, w := range words[2 : len(words)-1] {
		a, err := netip.ParseAddr(w)
		switch {
		case err != nil:
			return err
		case a.Is4():
			o.v4 = a
		default:
			o.v6 = a
		}
	}
	if o.rtt, err = time.ParseDuration(words[len(words)-1]); err != nil {
		return err
	}
	if at > len(n.hops) {
		n.hops = append(n.hops, nil)
	}
	n.hops[at-1] = append(n.hops[at-1], o)
	return nil
}

// node is found by name; hops are known from the first statement on, so the default ones are made when one is needed.
func (n *Network) node(name string) *node {
	if name == n.client.name {
		return n.client
	}
	if len(n.hops) == 0 {
		n.setDefaultPath()
	}
	for _, nodes := range n.hops {
		if i := slices.IndexFunc(nodes, func(o *node) bool { return o.name == name }); i >= 0 {
			return nodes[i]
		}
	}
	return nil
}

// state reads a statement about a node, or about the wire between two.
func (n *Network) state(words []string) error {
	if a, b, is := strings.Cut(words[0], "-"); is && n.node(a) != nil && n.node(b) != nil {
		r, err := parseRule("", words[1:])
		if err == nil {
			w := n.wire(a, b)
			w.rules = append(w.rules, r)
			n.wires[words[0]] = w
		}
		return err
	}
	o := n.node(words[0])
	if o == nil || len(words) < 2 {
		return fmt.Errorf("a statement begins with a node and a verb")
	}
	return n.stateOf(o, words[1], words[2:])
}

func (n *Network) stateOf(o *node, verb string, rest []string) (err error) {
	switch verb {
	case prerouting, forward, postrouting, input, output:
		var r *rule
		if r, err = parseRule(verb, rest); err == nil {
			o.rules = append(o.rules, r)
		}
	case "listen":
		return o.listen(rest)
	case "ttl":
		return scan(rest, "%d", &o.ttl)
	case "silent":
		o.silent = true
	case "unlimited":
		o.endless = true
	case "errors": // 2/second burst 3
		_, err = fmt.Sscanf(strings.Join(rest, " "), "%f/second burst %f", &o.errors, &o.burst)
	case "sockets":
		return scan(rest, "%d", &n.sockets)
	case "sleeps":
		return n.nap(rest)
	case "route":
		return scan(rest, "%s", &o.route)
	case "loops":
		o.loopsTo = rest[len(rest)-1]
	case "forgets": // after 40s reset
		var after string
		if _, err = fmt.Sscanf(strings.Join(rest, " "), "after %s", &after); err == nil {
			o.forgets, err = time.ParseDuration(after)
		}
		o.resets = rest[len(rest)-1] == "reset"
	case "is", "lacks":
		return o.own(verb, rest)
	case "returns": // to r1 over 2 hops in 12ms
		o.detour = &detour{}
		var late string
		if _, err = fmt.Sscanf(strings.Join(rest, " "), "to %s over %d hops in %s", &o.detour.to, &o.detour.hops, &late); err == nil {
			o.detour.late, err = time.ParseDuration(late)
		}
	default:
		err = fmt.Errorf("unknown verb %q", verb)
	}
	return err
}

// own sets what the node's addresses are, or which of its link nobody has.
func (o *node) own(verb string, rest []string) error {
	if verb == "is" {
		o.v4, o.v6 = netip.Addr{}, netip.Addr{}
	}
	for _, w := range rest {
		a, err := netip.ParseAddr(w)
		switch {
		case err != nil:
			return err
		case verb == "lacks":
			o.missing = append(o.missing, a)
		case a.Is4():
			o.v4 = a
		default:
			o.v6 = a
		}
	}
	return nil
}

// listen reads "22 greet SSH-2.0-lab".
func (o *node) listen(words []string) error {
	if len(words) < 2 || !slices.Contains(kindsOfService, words[1]) {
		return fmt.Errorf("a service is a port and one of %s", strings.Join(kindsOfService, ", "))
	}
	s := &service{protocol: evidence.TCP, kind: words[1], text: strings.Join(words[2:], " ")}
	ports, udp := strings.CutSuffix(words[0], "/udp")
	if udp {
		s.protocol = evidence.UDP
	}
	var err error
	s.ports, err = parseSpans(ports)
	o.services = append(o.services, s)
	return err
}

// check finds what is referred to and does not exist.
func (n *Network) check() error {
	for _, nodes := range n.hops {
		for _, o := range nodes {
			if d := o.detour; d != nil && n.distanceOf(d.to) == 0 || o.loopsTo != "" && n.distanceOf(o.loopsTo) == 0 {
				return fmt.Errorf("%s sends packets to a node that does not exist", o.name)
			}
		}
	}
	return nil
}
