//go:build linux

package lab

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

func (l *Lab) makeNodes(c config) error {
	for _, name := range l.top.nodes {
		n, err := newNamespace()
		if err != nil {
			return err
		}
		l.nodes[name] = n
		router := name != "client" && !strings.HasPrefix(name, "server")
		if err := n.do(func() error { return settings(router) }); err != nil {
			return err
		}
	}
	return nil
}

// settings of a new namespace, before it has devices.
func settings(router bool) error {
	values := [][2]string{
		{"net.ipv6.conf.default.disable_ipv6", "0"},
		{"net.ipv6.conf.all.disable_ipv6", "0"},
		{"net.ipv6.conf.default.accept_dad", "0"}, // addresses are usable at once
		{"net.ipv6.conf.default.router_solicitations", "0"},
		{"net.ipv4.conf.all.rp_filter", "0"}, // asymmetric ways are allowed
		{"net.ipv4.conf.default.rp_filter", "0"},
	}
	if router {
		values = append(values,
			[2]string{"net.ipv4.ip_forward", "1"},
			[2]string{"net.ipv6.conf.all.forwarding", "1"},
			[2]string{"net.ipv4.fib_multipath_hash_policy", "1"},
			[2]string{"net.ipv6.fib_multipath_hash_policy", "1"})
	}
	for _, v := range values {
		if err := sysctl(v[0], v[1]); err != nil {
			return fmt.Errorf("setting %s: %w", v[0], err)
		}
	}
	return nil
}

func (l *Lab) makeWires(c config) error {
	for i, k := range l.top.links {
		a, err := l.nodes[k.a.node].openTAP("to-" + k.b.node)
		if err != nil {
			return err
		}
		b, err := l.nodes[k.b.node].openTAP("to-" + k.a.node)
		if err != nil {
			a.Close()
			return err
		}
		l.wires = append(l.wires, newWire(k.a.node, a, k.b.node, b, k.delay, c.seed+uint64(i)))
	}
	return nil
}

// configure gives all nodes their addresses and routes: one ip process a node, all at once.
func (l *Lab) configure(config) error {
	var wg sync.WaitGroup
	errs := make([]error, len(l.top.nodes))
	for i, name := range l.top.nodes {
		wg.Go(func() { errs[i] = l.nodes[name].run(l.script(name), "ip", "-batch", "-") })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	for _, name := range l.top.nodes {
		if err := l.nodes[name].do(awaitAddresses); err != nil {
			return err
		}
	}
	return nil
}

// awaitAddresses waits until the kernel, which does that in the background even without duplicate address
// detection, has put all IPv6 addresses of the namespace to use. Before, a neighbour solicitation for them gets lost, and
// the next one comes a second later.
func awaitAddresses() error {
	for range 1000 {
		table, err := os.ReadFile("/proc/thread-self/net/if_inet6")
		if err != nil {
			return err
		}
		if !tentative(string(table)) {
			return nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return errors.New("IPv6 addresses stay tentative")
}

// tentative reads lines of address, index, prefix length, scope, flags (hexadecimal) and device.
func tentative(table string) bool {
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); len(f) == 6 {
			flags, err := strconv.ParseUint(f[4], 16, 32)
			if err != nil || flags&unix.IFA_F_TENTATIVE != 0 {
				return true
			}
		}
	}
	return false
}

func (l *Lab) script(node string) string {
	var b strings.Builder
	fmt.Fprintln(&b, "link set lo up")
	for _, k := range l.top.links {
		for own, other := range map[end]end{k.a: k.b, k.b: k.a} {
			if own.node != node {
				continue
			}
			fmt.Fprintf(&b, "addr add %s/%d dev to-%s\n", own.v4, k.net4.Bits(), other.node)
			fmt.Fprintf(&b, "addr add %s/%d dev to-%s nodad\n", own.v6, k.net6.Bits(), other.node)
			fmt.Fprintf(&b, "link set to-%s up\n", other.node)
		}
	}
	for _, r := range l.top.routes[node] {
		fmt.Fprintf(&b, "route add %s\n", r)
	}
	return b.String()
}

// warm connects to a closed port of each server once, for both families: it proves that the network works, and
// the neighbour tables are filled, so that the first measured round trip is like the second.
func (l *Lab) warm(config) error {
	var wg sync.WaitGroup
	var errs [4]error
	for i, server := range l.servers() {
		for j, family := range []int{4, 6} {
			to := netip.AddrPortFrom(l.Addr(server, family), 1)
			wg.Go(func() {
				r := l.Connect("client", to, ConnectOptions{Timeout: 3 * time.Second})
				if r.Errno != unix.ECONNREFUSED {
					errs[2*i+j] = fmt.Errorf("the new network does not carry IPv%d to %s: %+v", family, to, r)
				}
			})
		}
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
