package simnet

import (
	"net"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// attempt is one socket's connection attempt, or its datagram.
type attempt struct {
	n        *Network
	r        socket.Request
	protocol evidence.Protocol
	began    time.Time
	sends    int       // SYNs so far
	repeats  time.Time // when the kernel sends the next one
	stay     stay
	coming   []*reply // under way, in no order
	of       []time.Time
	out      evidence.Attempt
	got      *reply // what ended it
}

// repeatAfter is the kernel's wait before a SYN's n-th repetition: four times a second (tcp_syn_linear_timeouts, Linux 6.5),
// then twice as long each time.
func repeatAfter(n int) time.Duration { return time.Second << max(0, n-4) }

// send lets the SYN or datagram leave.
func (a *attempt) send(at time.Time) {
	ttl := a.r.TTL
	if ttl == 0 {
		ttl = a.n.client.ttl
	}
	f := a.n.trip(packet{protocol: a.protocol, from: a.out.Source, to: a.r.To, ttl: ttl, extra: a.r.Extra}, at)
	a.stay = f.stay
	if a.n.began.IsZero() {
		a.n.began = at
	}
	if a.stay == sent {
		a.n.sent = append(a.n.sent, Packet{at.Sub(a.n.began), a.r.To, a.protocol, a.r.TTL, a.r.MinTTL, a.sends > 0})
	}
	if f.reply != nil {
		a.coming, a.of = append(a.coming, f.reply), append(a.of, at)
	}
	a.sends++
	a.repeats = time.Time{}
	if a.protocol == evidence.TCP {
		a.repeats = at.Add(repeatAfter(a.sends))
	}
}

// next is when something happens: a repetition or an answer. Zero: nothing will.
func (a *attempt) next() time.Time {
	at := a.repeats
	for _, r := range a.coming {
		if at.IsZero() || r.at.Before(at) {
			at = r.at
		}
	}
	return at
}

// step lets happen what is due, and reports whether the attempt has ended.
func (a *attempt) step(now time.Time) bool {
	for a.got == nil {
		at := a.next()
		if at.IsZero() || at.After(now) {
			return false
		}
		if awake := a.n.awake(at); at.Equal(a.repeats) && awake.After(at) {
			a.repeats = awake
			continue
		}
		if at.Equal(a.repeats) {
			a.n.mu.Lock()
			a.send(at)
			a.n.mu.Unlock()
			continue
		}
		for i, r := range a.coming {
			if r.at.Equal(at) {
				a.coming = append(a.coming[:i:i], a.coming[i+1:]...)
				if a.n.awake(r.at).Equal(r.at) {
					a.take(r, a.of[i])
				}
				a.of = append(a.of[:i:i], a.of[i+1:]...)
				break
			}
		}
	}
	return true
}

// take ends the attempt with an answer, unless the socket ignores it: IP_MINTTL holds for answers, and for the packet
// that an ICMP error quotes (tcp_v4_err).
func (a *attempt) take(r *reply, sent time.Time) {
	arrived := r.ttl
	if r.what == "icmp" {
		arrived = r.quoted
	}
	if arrived < a.r.MinTTL && a.protocol == evidence.TCP {
		return
	}
	a.got = r
	a.out.Elapsed = r.at.Sub(a.began)
	a.out.Later = !r.own && a.protocol == evidence.TCP
	info := &evidence.TCPInfo{HasSndWnd: true, PMTU: 1500, TotalRetrans: uint32(a.sends - 1)}
	switch r.what {
	case "icmp":
		icmp := r.icmp
		a.out.ICMP, a.out.Errno, a.out.Outcome = &icmp, errno(icmp), evidence.Failed
		if a.out.Errno == "ECONNREFUSED" && a.protocol == evidence.TCP {
			a.out.Outcome = evidence.Refused
		}
	case "reset":
		a.out.Outcome, a.out.Errno, info.SegsIn = evidence.Refused, "ECONNREFUSED", 1
	default:
		a.out.Outcome, info.SegsIn, info.SndWnd, info.RTT = evidence.Connected, 1, r.window, r.at.Sub(sent)
		if r.who != nil && r.who.kind == "cut" {
			a.out.Cut, a.out.Errno, info.SegsIn = true, "ECONNRESET", 2
		}
	}
	if a.protocol == evidence.TCP {
		a.out.TCP = info
	}
}

// result is the attempt as it stands.
func (a *attempt) result(now time.Time, interrupted bool) evidence.Attempt {
	if a.got != nil {
		return a.out
	}
	out := a.out
	out.Elapsed, out.Outcome = now.Sub(a.began), evidence.Silent
	if interrupted {
		out.Outcome = evidence.Interrupted
	}
	if a.protocol != evidence.TCP {
		return out
	}
	again := uint32(a.sends - 1)
	out.TCP = &evidence.TCPInfo{Retransmits: again, TotalRetrans: again, Retrans: min(again, 1), HasSndWnd: true}
	switch a.stay { // measured on Linux 6.18: what this computer drops, and what waits for a neighbour
	case droppedHere:
		out.TCP.Retrans = 0
	case unresolved:
		out.TCP.TotalRetrans, out.TCP.Retrans = 0, 0
	}
	return out
}

// connection is that of an attempt that ended with a SYN-ACK; nil of another.
func (a *attempt) connection() net.Conn {
	if a.got == nil || a.out.Outcome != evidence.Connected || a.out.Cut {
		return nil
	}
	p := packet{protocol: a.protocol, from: a.out.Source, to: a.r.To}
	return connect(a.out.Source, a.r.To, a.out.TCP.RTT/2, a.got.who, a.n.memory(p))
}

// datagram is what a service answers.
func (a *attempt) datagram(payload []byte) []byte {
	if a.got == nil || a.out.Outcome != evidence.Connected {
		return nil
	}
	if a.got.who.kind == "echo" {
		return payload
	}
	return []byte(a.got.who.text)
}
