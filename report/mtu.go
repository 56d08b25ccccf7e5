package report

import (
	"fmt"
	"net/netip"
	"slices"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// MTU is how large packets to an address may be: whole IP packets, in bytes.
type MTU struct {
	Address string  `json:"address"`
	Finding string  `json:"finding"`         // mtu-whole, mtu-told, mtu-hole or mtu-segments
	Link    int     `json:"link"`            // the largest that this computer's interface sends
	Passes  *int    `json:"passes"`          // the largest that got through; null: none was found
	Fails   *int    `json:"fails"`           // the smallest that vanished; null: none did
	End     bool    `json:"reached_server"`  // what passes got to the address itself
	Port    *uint16 `json:"port"`            // whose TCP acknowledged it; null: datagrams told
	Told    *int    `json:"told"`            // what a router says that its link takes; null: none said anything
	From    *string `json:"told_by"`         // that router
	Before  *Hop    `json:"last_hop"`        // that large packets reach; null: not known
	After   *Hop    `json:"first_small_hop"` // that only small ones reach; null: not known
}

// mtuOf are the measured addresses, in order.
func mtuOf(t *probe.TargetRun) (out []MTU) {
	for _, a := range measured(t) {
		m := t.Hosts[a].MTU
		one := MTU{
			Address: named(a), Finding: string(verdict.JudgeMTU(m)), Link: m.Link, Passes: number(m.Passes), Fails: number(m.Fails),
			End: m.End, Before: mtuHop(m.Before), After: mtuHop(m.After),
		}
		if m.Port > 0 {
			one.Port = new(m.Port)
		}
		if m.Told != nil {
			one.Told, one.From = number(int(m.Told.MTU)), address(m.Told.From)
		}
		out = append(out, one)
	}
	return out
}

func mtuHop(h evidence.Hop) *Hop {
	if h.TTL == 0 {
		return nil
	}
	return &Hop{TTL: int(h.TTL), Address: address(h.Addr), RTT: millis(h.RTT)}
}

// measured are the addresses for which packets' sizes were measured.
func measured(t *probe.TargetRun) (out []netip.Addr) {
	for a, h := range t.Hosts {
		if h != nil && h.MTU != nil {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

// mtuNotes say how large packets may be.
func mtuNotes(t *probe.TargetRun) (notes []Note) {
	for _, a := range measured(t) {
		m := t.Hosts[a].MTU
		notes = append(notes, Note{Code: string(verdict.JudgeMTU(m)), Sentence: mtuSentence(m, named(a))})
	}
	return notes
}

func mtuSentence(m *evidence.MTU, to string) string {
	switch verdict.JudgeMTU(m) {
	case verdict.MTUTold:
		return fmt.Sprintf("Packets to %s may have up to %d bytes: %s says so of larger ones (ICMP), and this computer adapts. That is as it "+
			"should be.", to, m.Told.MTU, named(m.Told.From))
	case verdict.MTUHole:
		return fmt.Sprintf("Packets of up to %d bytes get through to %s, larger ones vanish without a word%s: programs hang as soon as they send "+
			"much. Ask whoever runs that part to let ICMP errors about packet sizes pass, or to cap TCP's segments (MSS). "+
			"A smaller packet size (MTU) on this computer helps meanwhile.", m.Passes, to, behind(m))
	case verdict.MTUSegments:
		return fmt.Sprintf("TCP to %s keeps to packets of %d bytes, which get through. Larger datagrams vanish without a word%s, which "+
			"VPNs, QUIC and DNS may notice.", to, m.Passes, behind(m))
	}
	switch {
	case !m.End:
		return fmt.Sprintf("Packets of %d bytes, the largest that this computer sends, get as far as %s; beyond it nothing tells.", m.Passes,
			hopOf(m.Before))
	case m.Passes < m.Link:
		return fmt.Sprintf("Packets of up to %d bytes, the largest that both ends agreed on over TCP, get through to %s.", m.Passes, to)
	}
	return fmt.Sprintf("Packets of up to %d bytes, the largest that this computer sends, get through to %s.", m.Passes, to)
}

// behind says where large packets vanish, as far as it is known.
func behind(m *evidence.MTU) string {
	switch {
	case m.Before.TTL > 0:
		return " behind " + hopOf(m.Before)
	case m.After.TTL == 1:
		return " before the first router"
	case m.After.TTL > 1:
		return " before " + hopOf(m.After)
	}
	return ""
}

func hopOf(h evidence.Hop) string {
	if !h.Addr.IsValid() {
		return fmt.Sprintf("hop %d", h.TTL)
	}
	return fmt.Sprintf("hop %d, %s", h.TTL, named(h.Addr))
}
