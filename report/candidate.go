package report

import "slices"

// candidate is one port of a target at all its addresses, or all ports of an entry where there is one address.
type candidate struct {
	ports  []*Entry
	port   uint16
	amount int
	usable bool
}

// byCandidate gathers the addresses of each port, in order.
func byCandidate(ports []*Entry) (out []*candidate) {
	type key struct {
		port           uint16
		protocol, host string
	}
	if oneAddress(ports) { // of a large run nothing is made for each port
		for i := range ports {
			p := ports[i]
			out = append(out, &candidate{[]*Entry{p}, p.Port.Port, len(p.Numbers), IsTrue(p.Usable)})
		}
		return out
	}
	n := 0
	for i := range ports {
		n += len(ports[i].Numbers)
	}
	// Made at once: there can be 65,535 of them.
	known, made, places := make(map[key]*candidate, n), make([]candidate, n), make([]*Entry, n)
	out = make([]*candidate, 0, n)
	for i := range ports {
		p := ports[i]
		for _, n := range p.Numbers {
			k := key{n, p.Protocol, Value(p.Host)}
			c := known[k]
			if c == nil {
				c = &made[len(out)]
				c.amount, c.port, c.ports = 1, n, places[len(out):len(out):len(out)+1]
				known[k] = c
				out = append(out, c)
			}
			c.ports = append(c.ports, p)
			c.usable = c.usable || IsTrue(p.Usable)
		}
	}
	return out
}

// oneAddress reports whether all entries are of the same one, so that no port occurs twice.
func oneAddress(ports []*Entry) bool {
	return !slices.ContainsFunc(ports, func(p *Entry) bool { return p.Host != nil || Value(p.Address) != Value(ports[0].Address) })
}

// numbers are the ports that c stands for.
func (c *candidate) numbers() []uint16 {
	if c.amount > 1 {
		return c.ports[0].Numbers
	}
	return []uint16{c.port}
}

// best is the address at which a port fares best.
func (c *candidate) best() *Entry {
	for _, p := range c.ports {
		if IsTrue(p.Usable) {
			return p
		}
	}
	return c.ports[0]
}
