package socket

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"whyport/probe/evidence"
)

// Through is the system's network by one interface: sockets are bound to its addresses and, where the system lets everybody do
// that, to the interface itself. What is for this computer itself goes its own way.
type Through struct {
	System
	Device string       // "": by the source address alone
	From   []netip.Addr // of the interface, the first of a family is used
	own    []netip.Addr // of this computer
}

// ByAddress goes from one of this computer's addresses, by whichever interface the routes choose for it.
func ByAddress(a netip.Addr) Through {
	return Through{From: []netip.Addr{a}, own: System{}.Addresses()}
}

// ByDevice goes through an interface; false: it has no address.
func ByDevice(i net.Interface) (Through, bool) {
	t := Through{Device: i.Name, own: System{}.Addresses()}
	addrs, _ := i.Addrs()
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			t.From = append(t.From, p.Addr().Unmap())
		}
	}
	// An address that others can reach goes before a link-local one.
	slices.SortStableFunc(t.From, func(a, b netip.Addr) int { return confined(a) - confined(b) })
	return t, len(t.From) > 0
}

func confined(a netip.Addr) int {
	if a.IsLinkLocalUnicast() {
		return 1
	}
	return 0
}

// bind makes a request leave through the interface; false: it has no address for it.
func (t Through) bind(r *Request) bool {
	if to := r.To.Addr(); to.IsLoopback() || slices.Contains(t.own, to.WithZone("")) {
		return true
	}
	r.Device = t.Device
	if r.From.IsValid() || r.To.Addr().IsLinkLocalUnicast() {
		return true
	}
	r.From = t.source(r.To.Addr())
	return r.From.IsValid()
}

// source is the address of the destination's family, no link-local one; not valid where there is none.
func (t Through) source(to netip.Addr) netip.Addr {
	for _, a := range t.From {
		if a.Is4() == to.Is4() && !a.IsLinkLocalUnicast() {
			return a
		}
	}
	return netip.Addr{}
}

// withoutSource is what the system says of an address that can't be sent from.
func withoutSource(r Request) evidence.Attempt {
	_, a := started(r)
	a.Outcome, a.Local, a.Errno = evidence.Failed, true, "EADDRNOTAVAIL"
	return a
}

// Connect implements Network.
func (t Through) Connect(ctx context.Context, r Request) (evidence.Attempt, net.Conn) {
	if !t.bind(&r) {
		return withoutSource(r), nil
	}
	return t.System.Connect(ctx, r)
}

// Exchange implements Network.
func (t Through) Exchange(ctx context.Context, r Request, payload []byte) (evidence.Attempt, []byte) {
	if !t.bind(&r) {
		return withoutSource(r), nil
	}
	return t.System.Exchange(ctx, r, payload)
}

// Ping asks for an echo from the interface's address.
func (t Through) Ping(ctx context.Context, r Request) evidence.Attempt {
	if !t.bind(&r) {
		return evidence.Attempt{}
	}
	return t.System.Ping(ctx, r)
}

// NewBurst implements Network.
func (t Through) NewBurst(limit int) (Burst, error) { return makeBurst(limit, &t) }

// Links implements Network: other interfaces' networks are not on this one's link.
func (t Through) Links() []evidence.Link {
	return slices.DeleteFunc(t.System.Links(), func(l evidence.Link) bool {
		if t.Device != "" {
			return l.Interface != t.Device
		}
		return !slices.Contains(t.From, l.Prefix.Addr())
	})
}

// Ways are those of the interface.
func (t Through) Ways() evidence.Ways {
	w := t.System.Ways()
	if t.Device != "" {
		w.Routes = slices.DeleteFunc(w.Routes, func(r evidence.Route) bool { return r.Interface != t.Device })
	}
	return w
}

// Sources are the addresses that are sent from.
func (t Through) Sources() []netip.Addr { return t.From }

// Dial connects as programs do, through the interface.
func (t Through) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	r := Request{To: to}
	if !t.bind(&r) {
		return nil, syscall.EADDRNOTAVAIL
	}
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { bindDevice(fd, to.Addr().Is4(), r.Device) })
	}}
	if r.From.IsValid() {
		from := netip.AddrPortFrom(r.From, 0)
		if d.LocalAddr = net.TCPAddrFromAddrPort(from); network == "udp" {
			d.LocalAddr = net.UDPAddrFromAddrPort(from)
		}
	}
	return d.DialContext(ctx, network, address)
}
