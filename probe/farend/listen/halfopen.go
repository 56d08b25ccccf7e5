package listen

import (
	"context"
	"net/netip"
	"time"

	"whyport/probe/evidence"
)

// How often the kernel is asked, and how much of the time that may take: its table is as long as the server is busy.
const (
	halfOpenEvery = 100 * time.Millisecond
	halfOpenShare = 20
	// lastsFor is how long a handshake stays half-open that is told to people: the client's answer is lost, or ours.
	lastsFor = time.Second
)

// halfOpenPeer is a SYN that the kernel has answered, and no ACK came yet.
type halfOpenPeer struct{ local, remote netip.AddrPort }

// watchHalfOpen keeps the SYNs that reach the ports and are not accepted.
func (l *Listener) watchHalfOpen(ctx context.Context) {
	pause := time.NewTimer(halfOpenEvery)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		began := time.Now()
		for _, peer := range readHalfOpen() {
			p := Port{peer.local.Port(), evidence.TCP}
			if !l.held[p] {
				continue
			}
			e := l.book.note(p, peer.remote, mark{syn: true, answered: !l.Captures()})
			if !e.told && e.last.Sub(e.first) >= lastsFor {
				l.tellHalfOpen(p, peer)
			}
		}
		pause.Reset(max(halfOpenEvery, halfOpenShare*time.Since(began)))
	}
}

func (l *Listener) tellHalfOpen(p Port, peer halfOpenPeer) {
	a := peer.remote.Addr()
	if !l.book.toldOf(p, a) || !l.limits.allow(a) {
		return
	}
	how := HalfOpen
	if l.Captures() && !l.book.wasAnswered(p, peer.remote) {
		how = Unanswered
	}
	e := Event{How: how, Port: p.Port, Protocol: p.Protocol, Source: peer.remote, Local: peer.local}
	if _, proven := l.proven.Load(a); !proven {
		e.Code = l.options.Token.Code(l.tcpPorts(), func(port uint16) bool { return l.book.arrived(Port{port, evidence.TCP}, a) })
	}
	l.tell(e)
}
