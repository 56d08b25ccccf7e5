package socket

import (
	"time"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

type icmpListener = errorListener

// listenICMP opens an unprivileged ICMP socket, which on macOS receives all ICMP errors, those to TCP included.
func listenICMP(r Request) icmpListener {
	if r.To.Addr().Is4() {
		return listenOn("udp4", "0.0.0.0", r.To)
	}
	return listenOn("udp6", "::", r.To)
}

// tcpInfo leaves the retransmissions out: the kernel's counts don't tell a SYN that never left from one that was lost.
func (h handle) tcpInfo() *evidence.TCPInfo {
	i, err := unix.GetsockoptTCPConnectionInfo(int(h), unix.IPPROTO_TCP, unix.TCP_CONNECTION_INFO)
	if err != nil {
		return nil
	}
	return &evidence.TCPInfo{SndWnd: i.Snd_wnd, HasSndWnd: true, RTT: time.Duration(i.Srtt) * time.Millisecond}
}

// ToldICMP says whether an attempt tells the ICMP error that ended it, and who sent that: see heard.
const ToldICMP = "yes"
