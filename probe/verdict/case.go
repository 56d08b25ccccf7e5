package verdict

import (
	"net/netip"
	"slices"

	"whyport/probe/evidence"
)

// observed is one port's evidence with what the rules ask of it more than once.
type observed struct {
	port *evidence.Port
	host *evidence.Host
	best *evidence.Attempt // never nil: the zero Attempt where nothing was tried
	icmp *evidence.ICMP    // of best
	// proxy is the verdict on the proxy's own port, where that is what fails.
	proxy *Verdict
}

func observe(p *evidence.Port, h *evidence.Host) *observed {
	if h == nil {
		h = &evidence.Host{Addr: p.Addr}
	}
	o := &observed{port: p, host: h, best: p.Best()}
	if o.best == nil {
		o.best = &evidence.Attempt{}
	}
	o.icmp = o.best.ICMP
	return o
}

func (o *observed) connected() bool { return o.best.Outcome == evidence.Connected }
func (o *observed) refused() bool   { return o.best.Outcome == evidence.Refused && o.icmp == nil }
func (o *observed) silent() bool    { return o.best.Outcome == evidence.Silent }
func (o *observed) local() bool     { return o.best.Local }
func (o *observed) udp() bool       { return o.port.Protocol == evidence.UDP }

// here reports whether the target is this computer itself.
func (o *observed) here() bool { return here(o.port.Addr, o.host) }

func here(a netip.Addr, host *evidence.Host) bool { return a.IsLoopback() || host.IsOwn(a) }

// fromOwn reports whether the ICMP error came from this computer.
func (o *observed) fromOwn() bool {
	return o.icmp != nil && (o.host.IsOwn(o.icmp.From) || o.icmp.From.IsLoopback())
}

// fromServer reports whether the ICMP error came from the tested address itself.
func (o *observed) fromServer() bool { return o.icmp != nil && sameAddr(o.icmp.From, o.port.Addr) }

func sameAddr(a, b netip.Addr) bool { return a.Unmap().WithZone("") == b.Unmap().WithZone("") }

// icmpCode is a type and code of one of the two ICMPs.
type icmpCode struct {
	v6         bool
	kind, code uint8
}

func v4(kind, code uint8) icmpCode { return icmpCode{false, kind, code} }
func v6(kind, code uint8) icmpCode { return icmpCode{true, kind, code} }

// icmpIs reports whether the ICMP error is one of these.
func (o *observed) icmpIs(codes ...icmpCode) bool {
	return o.icmp != nil && slices.Contains(codes, icmpCode{o.icmp.V6(), o.icmp.Type, o.icmp.Code})
}

func icmpIs(codes ...icmpCode) condition {
	return func(o *observed) bool { return o.icmpIs(codes...) }
}

func outcomeIs(want evidence.Outcome) condition {
	return func(o *observed) bool { return o.best.Outcome == want }
}

func (o *observed) refusedNearer() bool { _, is := o.imposter(); return o.refused() && is }
func (o *observed) droppedHere() bool   { dropped, _ := o.port.Stuck(); return o.silent() && dropped }
func (o *observed) neverSent() bool     { _, unresolved := o.port.Stuck(); return o.silent() && unresolved }

// walks are all that are known of the path: the port's own first.
func (o *observed) walks() (out []*evidence.Walk) {
	for _, w := range append([]*evidence.Walk{o.port.Walk, o.host.Reference}, o.host.Others...) {
		if w != nil {
			out = append(out, w)
		}
	}
	return out
}

// noWindow reports a SYN-ACK that let nothing be sent, as devices do that answer before they know the server.
func (o *observed) noWindow() bool {
	i := o.best.TCP
	return o.connected() && i != nil && i.HasSndWnd && i.SndWnd == 0
}

// disagreed reports whether attempts were answered differently: the rules changed, or several devices answer.
func (o *observed) disagreed() bool {
	for _, a := range o.port.Attempts {
		if a.Outcome.Answered() && a.Outcome != o.best.Outcome {
			return true
		}
	}
	return (o.connected() || o.refused()) && !o.steady()
}

// acceptsEveryPort reports whether all control ports were answered as open.
func (o *observed) acceptsEveryPort() bool {
	for i := range o.host.Controls {
		if a := o.host.Controls[i].Best(); a == nil || a.Outcome != evidence.Connected {
			return false
		}
	}
	return len(o.host.Controls) > 0
}

// hostSilent reports whether nothing at all came from the tested address: no port, no control.
func (o *observed) hostSilent() bool {
	for i := range o.host.Controls {
		if o.host.Controls[i].Answered() > 0 {
			return false
		}
	}
	return len(o.host.Controls) > 0 && o.host.RTT == 0 && o.host.Reference.Distance() == 0
}
