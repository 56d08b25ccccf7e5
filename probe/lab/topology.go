//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// end is one side of a link: a node and its addresses there.
type end struct {
	node   string
	v4, v6 netip.Addr
}

// link is one wire: two ends and the networks on it.
type link struct {
	a, b       end
	net4, net6 netip.Prefix
	delay      time.Duration
}

// topology is the plan of a network: pure data, made before anything is touched.
type topology struct {
	nodes  []string
	links  []link
	routes map[string][]string // arguments of "ip route add", for each node, in order
	chain  []string            // client, routers, server
}

// Networks, chosen so that whose a hop is can be inferred: private and unique local ones on
// the client's side, documentation ranges (RFC 5737, RFC 3849) as public ones.
const (
	clientNet4, clientNet6   = "10.1.0.0/24", "fd00:1::/64"
	innerNet4, innerNet6     = "10.2.1.0/24", "fd00:2::/64"
	transitNet4, transitNet6 = "198.51.100.0/24", "2001:db8:3::/64"
	serverNet4, serverNet6   = "203.0.113.0/25", "2001:db8:113::/64"
	secondNet4, secondNet6   = "192.0.2.0/24", "2001:db8:114::/64"
)

func plan(c config) (*topology, error) {
	switch {
	case c.routers < 1 || c.routers > 9:
		return nil, fmt.Errorf("lab: %d routers: 1 to 9 are possible", c.routers)
	case c.returnHops < 0 || c.returnHops > 9 || c.returnHops > 0 && c.routers < 2:
		return nil, fmt.Errorf("lab: ReturnVia(%d) with %d routers: 1 to 9, with 2 routers or more", c.returnHops, c.routers)
	case c.equalCost && c.routers < 3:
		return nil, fmt.Errorf("lab: EqualCost needs 3 routers or more")
	case c.uplink && c.routers < 2:
		return nil, fmt.Errorf("lab: SecondUplink needs 2 routers or more")
	}
	t := &topology{routes: map[string][]string{}}
	t.addChain(c)
	if c.second {
		t.addSecondServer(c)
	}
	if c.returnHops > 0 {
		t.addReturn(c)
	}
	if c.equalCost {
		t.addEqualCost(c)
	}
	if c.uplink {
		t.addUplink(c)
	}
	return t, nil
}

func (t *topology) addChain(c config) {
	t.chain = []string{"client"}
	for i := range c.routers {
		t.chain = append(t.chain, fmt.Sprintf("r%d", i+1))
	}
	t.chain = append(t.chain, "server")
	t.nodes = slices.Clone(t.chain)
	for i := range c.routers + 1 {
		net4, net6 := networks(i, i == c.routers)
		left, right := 1, 2
		switch i {
		case 0:
			left, right = 2, 1 // the client is .2, its gateway .1
		case c.routers:
			right = 7
		}
		t.connect(t.chain[i], left, t.chain[i+1], right, net4, net6, c.delay(i))
	}
	last := len(t.chain) - 1
	for i, node := range t.chain {
		if i < last-1 {
			t.route(node, "default", t.between(t.chain[i+1], node))
		}
		if i == last {
			t.route(node, "default", t.between(t.chain[i-1], node))
		}
		if i == 0 || i == last {
			continue
		}
		for _, behind := range t.links[:max(0, i-1)] {
			t.routeNet(node, behind, t.between(t.chain[i-1], node))
		}
	}
}

// networks of the chain's i-th link.
func networks(i int, last bool) (net4, net6 string) {
	switch {
	case last:
		return serverNet4, serverNet6
	case i == 0:
		return clientNet4, clientNet6
	case i == 1:
		return innerNet4, innerNet6
	case i == 2:
		return transitNet4, transitNet6
	}
	// The other half of the server's /24, and its /48.
	return fmt.Sprintf("203.0.113.%d/28", 128+16*(i-3)), fmt.Sprintf("2001:db8:113:%d::/64", i)
}

func (t *topology) addSecondServer(c config) {
	router := t.chain[len(t.chain)-2]
	t.nodes = append(t.nodes, "server2")
	t.connect(router, 1, "server2", 7, secondNet4, secondNet6, c.delay(c.routers))
	t.route("server2", "default", t.between(router, "server2"))
}

func (t *topology) addReturn(c config) {
	previous := t.chain[len(t.chain)-2]
	for i := range c.returnHops + 1 {
		next := "r1"
		if i < c.returnHops {
			next = fmt.Sprintf("back%d", i+1)
			t.nodes = append(t.nodes, next)
		}
		t.connect(previous, 1, next, 2, fmt.Sprintf("10.2.%d.0/24", 100+i), fmt.Sprintf("fd00:b%d::/64", i), c.delay(1))
		gateway := t.between(next, previous)
		if i == 0 {
			t.routes[previous] = slices.DeleteFunc(t.routes[previous], func(r string) bool {
				return strings.HasPrefix(r, clientNet4) || strings.HasPrefix(r, clientNet6)
			})
		} else {
			t.route(previous, "default", t.between(t.before(previous), previous))
		}
		t.routeNet(previous, t.links[0], gateway)
		previous = next
	}
}

// before is the node that the way back reaches before this one.
func (t *topology) before(node string) string {
	for _, l := range t.links {
		if l.b.node == node {
			return l.a.node
		}
	}
	return ""
}

func (t *topology) addUplink(c config) {
	t.nodes = append(t.nodes, "u1")
	t.connect("client", 2, "u1", 1, "10.2.0.0/24", "fd00:a::/64", c.delay(0))
	own := t.links[len(t.links)-1]
	t.connect("u1", 1, "r2", 9, "100.64.9.0/24", "fd00:a9::/64", c.delay(1))
	gateway := t.between("u1", "client")
	t.routes["client"] = append(t.routes["client"], fmt.Sprintf("default via %s metric 500", gateway.v4), fmt.Sprintf("default via %s metric 2000", gateway.v6))
	t.route("u1", "default", t.between("r2", "u1"))
	t.routeNet("r2", own, t.between("u1", "r2"))
	for i, node := range t.chain {
		if i > 2 && i < len(t.chain)-1 {
			t.routeNet(node, own, t.between(t.chain[i-1], node))
		}
	}
}

func (t *topology) addEqualCost(c config) {
	t.nodes = append(t.nodes, "r2b")
	t.connect("r1", 1, "r2b", 2, "10.2.2.0/24", "fd00:2b::/64", c.delay(1))
	t.connect("r2b", 5, "r3", 6, "198.51.100.128/29", "2001:db8:3b::/64", c.delay(2))
	t.route("r2b", "default", t.between("r3", "r2b"))
	t.routeNet("r2b", t.links[0], t.between("r1", "r2b"))
	r2, r2b := t.between("r2", "r1"), t.between("r2b", "r1")
	t.routes["r1"] = slices.DeleteFunc(t.routes["r1"], func(r string) bool { return strings.HasPrefix(r, "default") })
	t.routes["r1"] = append(t.routes["r1"],
		fmt.Sprintf("default nexthop via %s nexthop via %s", r2.v4, r2b.v4),
		fmt.Sprintf("default nexthop via %s nexthop via %s", r2.v6, r2b.v6))
}

// connect links a and b, with the given last parts of their addresses.
func (t *topology) connect(a string, hostA int, b string, hostB int, net4, net6 string, delay time.Duration) {
	l := link{net4: netip.MustParsePrefix(net4), net6: netip.MustParsePrefix(net6), delay: delay}
	l.a = end{a, nth(l.net4, hostA), nth(l.net6, hostA)}
	l.b = end{b, nth(l.net4, hostB), nth(l.net6, hostB)}
	t.links = append(t.links, l)
}

func nth(p netip.Prefix, host int) netip.Addr {
	a := p.Addr()
	for range host {
		a = a.Next()
	}
	return a
}

// between is node's end of its link with the other node; the zero end if they have none.
func (t *topology) between(node, other string) end {
	for _, l := range t.links {
		switch {
		case l.a.node == node && l.b.node == other:
			return l.a
		case l.b.node == node && l.a.node == other:
			return l.b
		}
	}
	return end{}
}

// first is node's end of its first link: the one towards the client.
func (t *topology) first(node string) (end, bool) {
	for _, l := range t.links {
		if l.b.node == node {
			return l.b, true
		}
		if l.a.node == node {
			return l.a, true
		}
	}
	return end{}, false
}

func (t *topology) route(node, to string, via end) {
	t.routes[node] = append(t.routes[node], to+" via "+via.v4.String(), to+" via "+via.v6.String())
}

func (t *topology) routeNet(node string, to link, via end) {
	t.routes[node] = append(t.routes[node], to.net4.String()+" via "+via.v4.String(), to.net6.String()+" via "+via.v6.String())
}
