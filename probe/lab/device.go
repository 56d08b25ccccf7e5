//go:build linux

package lab

import (
	"bytes"
	"net/netip"
)

// Devices in the path that no nftables rule can imitate; each sits at the sender's end of the wire and works
// until the function returned is called.

// ResetOn answers packets that match all conditions with a reset in the server's name, and loses them: a device
// that refuses by forged resets, with a TTL of its own (0 means 64).
func (w *Wire) ResetOn(ttl uint8, conditions ...Match) (remove func()) {
	return w.answer(Segment{TTL: ttl, Flags: FlagRST | FlagACK}, conditions)
}

// AnswerSYN accepts, in the server's name, connections whose SYNs match all conditions, and forwards nothing of
// them, whatever the client sends. Window 0 makes it a tarpit or the outer half of a SYN proxy.
func (w *Wire) AnswerSYN(window uint16, ttl uint8, conditions ...Match) (remove func()) {
	answer := w.answer(Segment{TTL: ttl, Flags: FlagSYN | FlagACK, Window: window}, append([]Match{SYN}, conditions...))
	swallow := w.Filter(func(p *Packet) bool { return TCP(p) && p.is(conditions) })
	return func() { answer(); swallow() }
}

// ICMPOn answers packets that match all conditions with an ICMP error of any type and code from any address, and
// loses them. Only packets of the address's family are answered.
func (w *Wire) ICMPOn(from netip.Addr, kind, code uint8, conditions ...Match) (remove func()) {
	return w.Filter(func(p *Packet) bool {
		if p.Protocol == 0 || p.Dst.Addr().Is4() != from.Is4() || !p.is(conditions) {
			return false
		}
		w.Inject(p.From, p.ICMPError(from, kind, code, 0))
		return true
	})
}

// Contains matches TCP data with the text in it, such as the server name in a TLS ClientHello.
func Contains(text string) Match {
	return func(p *Packet) bool { return Data(p) && bytes.Contains(p.Payload, []byte(text)) }
}

func (w *Wire) answer(s Segment, conditions []Match) (remove func()) {
	return w.Filter(func(p *Packet) bool {
		if !TCP(p) || RST(p) || !p.is(conditions) {
			return false
		}
		w.Inject(p.From, p.Reply(s))
		return true
	})
}
