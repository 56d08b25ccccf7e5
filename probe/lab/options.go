//go:build linux

package lab

import "time"

// Option changes the network that New makes.
type Option func(*config)

type config struct {
	routers    int
	delays     []time.Duration
	second     bool
	returnHops int
	equalCost  bool
	uplink     bool
	seed       uint64
}

func defaults() config {
	return config{
		routers: 3,
		// One way, from the client on: the access link is short, the rest is not, so that each hop has
		// a round-trip time of its own (1, 9 and 17 ms) and the server is 27 ms away.
		delays: []time.Duration{500 * time.Microsecond, 4 * time.Millisecond, 4 * time.Millisecond, 5 * time.Millisecond},
		seed:   1,
	}
}

// Routers sets how many routers r1 ... rn stand between client and server: 1 to 9, 3 if not given. From
// the fourth on they have addresses in the server's networks.
func Routers(n int) Option { return func(c *config) { c.routers = n } }

// Delay sets the one-way delay of each wire, from the client on; wires beyond the list have the last
// one's. 0 is allowed: about 0.1 ms of user-space copying remain.
func Delay(oneWay ...time.Duration) Option { return func(c *config) { c.delays = oneWay } }

// SecondServer adds a node "server2" in a network of its own (192.0.2.0/24) behind the last router.
func SecondServer() Option { return func(c *config) { c.second = true } }

// ReturnVia makes the way back asymmetric: what the last router sends to the client's network passes the
// n routers back1 ... backn, and then r1; n is 1 to 9. Needs two routers or more.
func ReturnVia(n int) Option { return func(c *config) { c.returnHops = n } }

// EqualCost adds router r2b beside r2: r1 spreads connections over the two by their ports. Needs three
// routers or more.
func EqualCost() Option { return func(c *config) { c.equalCost = true } }

// SecondUplink gives the client a second way out: its device to-u1 leads over router u1 to r2, with a default route of a lower
// precedence (metric 500). Needs two routers or more.
func SecondUplink() Option { return func(c *config) { c.uplink = true } }

// Seed sets the seed of loss and jitter; 1 if not given.
func Seed(seed uint64) Option { return func(c *config) { c.seed = seed } }

func (c *config) delay(wire int) time.Duration {
	switch {
	case len(c.delays) == 0:
		return 0
	case wire < len(c.delays):
		return c.delays[wire]
	}
	return c.delays[len(c.delays)-1]
}
