package socket

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"whyport/probe/evidence"
)

// handle is a second handle on the dialer's socket.
type handle windows.Handle

const (
	noHandle     = handle(windows.InvalidHandle)
	maxSegOption = 4 // TCP_MAXSEG of ws2ipdef.h
)

// duplicate is noHandle where Windows can't: then there are fewer facts.
func duplicate(fd uintptr) handle {
	const fromProtocolInfo = -1
	var info windows.WSAProtocolInfo
	if windows.WSADuplicateSocket(windows.Handle(fd), windows.GetCurrentProcessId(), &info) != nil {
		return noHandle
	}
	h, err := windows.WSASocket(fromProtocolInfo, fromProtocolInfo, fromProtocolInfo, &info, 0,
		windows.WSA_FLAG_OVERLAPPED|windows.WSA_FLAG_NO_HANDLE_INHERIT)
	if err != nil {
		return noHandle
	}
	return handle(h)
}

func (h handle) close() {
	if h != noHandle {
		windows.Closesocket(windows.Handle(h))
	}
}

func (h handle) source() netip.AddrPort {
	sa, err := windows.Getsockname(windows.Handle(h))
	if err != nil {
		return netip.AddrPort{}
	}
	switch sa := sa.(type) {
	case *windows.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *windows.SockaddrInet6:
		a := netip.AddrFrom16(sa.Addr)
		if sa.ZoneId != 0 {
			a = a.WithZone(strconv.Itoa(int(sa.ZoneId)))
		}
		return netip.AddrPortFrom(a, uint16(sa.Port))
	}
	return netip.AddrPort{}
}

// connection is not to be had from a handle whose ConnectEx was cancelled.
func (handle) connection() net.Conn { return nil }

func setOption(fd uintptr, level, option, value int) error {
	return windows.SetsockoptInt(windows.Handle(fd), level, option, value)
}

// prepareTCP makes a RST and an ICMP error end the connect at once: Windows sends the SYN again after a RST, which
// takes 2 s, and ignores ICMP. Where a version lacks an option the default stays.
func prepareTCP(fd uintptr) {
	const initialRTO = 0x98000011                          // SIO_TCP_INITIAL_RTO
	const unspecifiedRTT, noRetransmissions = 0xffff, 0xfe // of TCP_INITIAL_RTO_PARAMETERS
	const firstWithNone = 16299                            // earlier builds take at least one (Go's net says so)
	parameters := [4]byte{unspecifiedRTT & 0xff, unspecifiedRTT >> 8, 1}
	if windows.RtlGetVersion().BuildNumber >= firstWithNone {
		parameters[2] = noRetransmissions
	}
	var n uint32
	windows.WSAIoctl(windows.Handle(fd), initialRTO, &parameters[0], uint32(len(parameters)), nil, 0, &n, nil, 0)
	setOption(fd, windows.IPPROTO_TCP, windows.TCP_FAIL_CONNECT_ON_ICMP_ERROR, 1) // Windows 10 2004 and later
}

// reportErrors makes a read fail on port unreachable (WSAECONNRESET) and TTL exceeded (WSAENETRESET), which Go's net
// switches off for every datagram socket (go.dev/issue/5834, 68614).
func reportErrors(c net.Conn) {
	const connReset, netReset = 0x9800000c, 0x9800000f // SIO_UDP_CONNRESET, SIO_UDP_NETRESET
	udp, ok := c.(*net.UDPConn)
	if !ok {
		return
	}
	raw, err := udp.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		on, n := [4]byte{1}, uint32(0)
		for _, code := range []uint32{connReset, netReset} {
			windows.WSAIoctl(windows.Handle(fd), code, &on[0], uint32(len(on)), nil, 0, &n, nil, 0)
		}
	})
}

// icmpListener asks the socket itself.
type icmpListener struct{}

func listenICMP(Request) icmpListener { return icmpListener{} }

func (icmpListener) close() {}

// heard is always sure: a TCP socket says WSAEHOSTUNREACH for every ICMP error, or ignores them all, and a datagram's
// refusal can only be ICMP.
func (icmpListener) heard(h handle) (*evidence.ICMP, bool) {
	var info [36]byte
	n := int32(len(info))
	err := windows.Getsockopt(windows.Handle(h), windows.IPPROTO_TCP, windows.TCP_ICMP_ERROR_INFO, &info[0], &n)
	if err != nil || n < 0 {
		return nil, true
	}
	return icmpErrorInfo(info[:n]), true
}

// icmpErrorInfo reads an ICMP_ERROR_INFO of ws2ipdef.h: a SOCKADDR_INET of 28 bytes, the protocol, type and code. It
// is empty where no ICMP error came.
func icmpErrorInfo(b []byte) *evidence.ICMP {
	if len(b) < 34 {
		return nil
	}
	e := &evidence.ICMP{Type: b[32], Code: b[33]}
	switch binary.LittleEndian.Uint16(b) {
	case windows.AF_INET:
		e.From = netip.AddrFrom4([4]byte(b[4:8]))
	case windows.AF_INET6:
		e.From = netip.AddrFrom16([16]byte(b[8:24]))
	default:
		return nil
	}
	return e
}

// tcpInfoV0 is the beginning of TCP_INFO_v0 of mstcpip.h, Windows 10 1703 and later.
type tcpInfoV0 struct {
	state, mss                     uint32
	connectionTimeMS               uint64
	timestamps                     bool
	rttUS, minRTTUS, inFlight      uint32
	cwnd, sndWnd, rcvWnd, rcvBuf   uint32
	bytesOut, bytesIn              uint64
	reordered, retransmitted, fast uint32
	dupAcksIn, timeoutEpisodes     uint32
	synRetransmissions             uint8
}

func (h handle) tcpInfo() *evidence.TCPInfo {
	const tcpInfo = 0xd8000027 // SIO_TCP_INFO
	var version, n uint32
	var info tcpInfoV0
	err := windows.WSAIoctl(windows.Handle(h), tcpInfo, (*byte)(unsafe.Pointer(&version)), 4,
		(*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)), &n, nil, 0)
	if err != nil || n < uint32(unsafe.Sizeof(info)) {
		return nil
	}
	return &evidence.TCPInfo{SndWnd: info.sndWnd, HasSndWnd: true, RTT: time.Duration(info.rttUS) * time.Microsecond}
}

// ToldICMP says whether an attempt tells the ICMP error that ended it, and who sent that: see heard.
const ToldICMP = "Windows 10 2004 and later"
