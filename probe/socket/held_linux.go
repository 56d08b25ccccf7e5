//go:build linux && !whyport_portable

package socket

import (
	"net"
	"os"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

// Held is a connection of a Burst; the zero value is none. Its end is Take or Drop.
type Held struct {
	fd int32 // plus one
	v4 bool
}

// hold takes a connected socket out of a slot.
func (b *Burst) hold(s *slot) Held {
	h := Held{s.fd + 1, s.to.family == unix.AF_INET}
	event := unix.EpollEvent{}
	unix.EpollCtl(b.epoll, unix.EPOLL_CTL_DEL, int(s.fd), &event)
	s.fd = -1
	return h
}

// Some reports whether there is a connection.
func (h Held) Some() bool { return h.fd > 0 }

// Take makes it a connection like one of Connect, which the caller closes, with the attempt's source and TCP
// information. The connection is nil where the system has no room for it.
func (h Held) Take() (evidence.Attempt, net.Conn) {
	fd := int(h.fd - 1)
	a := evidence.Attempt{Outcome: evidence.Connected, Source: localAddr(fd), TCP: tcpInfo(fd)}
	receiveErrors(fd, h.v4, false)                                             // or a later ICMP would be fatal
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{}) // it may end in order
	return a, newStream(os.NewFile(uintptr(fd), "tcp"), fd, a.Source)
}

// Drop gives it up with a RST.
func (h Held) Drop() {
	if h.Some() {
		unix.Close(int(h.fd - 1))
	}
}
