//go:build linux && !whyport_portable

package socket

import (
	"net"
	"os"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

// heldSocket is a connection of an epollBurst.
type heldSocket struct {
	fd int32
	v4 bool
}

// hold takes a connected socket out of a slot.
func (b *epollBurst) hold(s *slot) Held {
	h := heldSocket{s.fd, s.to.family == unix.AF_INET}
	event := unix.EpollEvent{}
	unix.EpollCtl(b.epoll, unix.EPOLL_CTL_DEL, int(s.fd), &event)
	s.fd = -1
	return h
}

func (h heldSocket) Take() (evidence.Attempt, net.Conn) {
	fd := int(h.fd)
	a := evidence.Attempt{Outcome: evidence.Connected, Source: localAddr(fd), TCP: tcpInfo(fd)}
	receiveErrors(fd, h.v4, false)                                             // or a later ICMP would be fatal
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{}) // it may end in order
	return a, newStream(os.NewFile(uintptr(fd), "tcp"), fd, a.Source)
}

func (h heldSocket) Drop() { unix.Close(int(h.fd)) }
