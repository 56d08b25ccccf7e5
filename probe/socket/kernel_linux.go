//go:build !whyport_portable

package socket

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

// queued takes the first ICMP error from the socket's error queue, with its sender; nil if there is none.
func queued(fd int) *evidence.ICMP {
	return queuedBy(fd, make([]byte, 64), make([]byte, 512))
}

// queuedBy is queued with buffers for the quoted packet and the control messages.
func queuedBy(fd int, data, oob []byte) *evidence.ICMP {
	for {
		_, n, _, _, err := unix.Recvmsg(fd, data, oob, unix.MSG_ERRQUEUE)
		if err != nil {
			return nil
		}
		msgs, err := unix.ParseSocketControlMessage(oob[:n])
		if err != nil {
			return nil
		}
		if icmp := fromControl(msgs); icmp != nil {
			return icmp
		}
	}
}

// fromControl reads a struct sock_extended_err, the offender's sockaddr behind it, and the TTL that the ICMP packet arrived with.
func fromControl(msgs []unix.SocketControlMessage) *evidence.ICMP {
	var icmp *evidence.ICMP
	var ttl uint8
	for _, m := range msgs {
		level, kind := m.Header.Level, m.Header.Type
		switch {
		case level == unix.IPPROTO_IP && kind == unix.IP_TTL, level == unix.IPPROTO_IPV6 && kind == unix.IPV6_HOPLIMIT:
			if len(m.Data) >= 4 {
				ttl = uint8(binary.NativeEndian.Uint32(m.Data))
			}
		case level == unix.IPPROTO_IP && kind == unix.IP_RECVERR, level == unix.IPPROTO_IPV6 && kind == unix.IPV6_RECVERR:
			const size = int(unsafe.Sizeof(unix.SockExtendedErr{}))
			if len(m.Data) < size {
				continue
			}
			origin := m.Data[4] // ee_errno is 4 bytes, then ee_origin, ee_type, ee_code
			if origin != unix.SO_EE_ORIGIN_ICMP && origin != unix.SO_EE_ORIGIN_ICMP6 {
				continue
			}
			icmp = &evidence.ICMP{Type: m.Data[5], Code: m.Data[6], From: offender(m.Data[size:])}
			if icmp.TooBig() {
				icmp.MTU = binary.NativeEndian.Uint32(m.Data[8:]) // ee_info
			}
		}
	}
	if icmp != nil {
		icmp.TTL = ttl
	}
	return icmp
}

func offender(b []byte) netip.Addr {
	if len(b) < 2 {
		return netip.Addr{}
	}
	switch binary.NativeEndian.Uint16(b) {
	case unix.AF_INET:
		if len(b) >= 8 {
			return netip.AddrFrom4([4]byte(b[4:8]))
		}
	case unix.AF_INET6:
		if len(b) >= 28 {
			addr := netip.AddrFrom16([16]byte(b[8:24]))
			if scope := binary.NativeEndian.Uint32(b[24:28]); scope != 0 {
				addr = addr.WithZone(zone(scope))
			}
			return addr
		}
	}
	return netip.Addr{}
}

func tcpInfo(fd int) *evidence.TCPInfo {
	i, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return nil
	}
	return &evidence.TCPInfo{
		Retransmits: uint32(i.Retransmits), TotalRetrans: i.Total_retrans, Retrans: i.Retrans,
		SegsIn: i.Segs_in, SndWnd: i.Snd_wnd, HasSndWnd: true,
		RTT: time.Duration(i.Rtt) * time.Microsecond, PMTU: i.Pmtu,
	}
}

func established(fd int) bool {
	_, err := unix.Getpeername(fd)
	return err == nil
}

func soError(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	return unix.Errno(n)
}

func localAddr(fd int) netip.AddrPort {
	sa, _ := unix.Getsockname(fd)
	return addrPort(sa)
}

func peerAddr(fd int) netip.AddrPort {
	sa, _ := unix.Getpeername(fd)
	return addrPort(sa)
}

// addrPort is not valid for a nil address.
func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		a := netip.AddrFrom16(sa.Addr)
		if sa.ZoneId != 0 {
			a = a.WithZone(zone(sa.ZoneId))
		}
		return netip.AddrPortFrom(a, uint16(sa.Port))
	}
	return netip.AddrPort{}
}

func sockaddr(to netip.AddrPort) unix.Sockaddr {
	if to.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16(), ZoneId: zoneID(to.Addr().Zone())}
}

// zone is the interface's name, as netip prints zones, or its number where it has none.
func zone(id uint32) string {
	if i, err := net.InterfaceByIndex(int(id)); err == nil {
		return i.Name
	}
	return strconv.Itoa(int(id))
}

func zoneID(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	n, _ := strconv.ParseUint(zone, 10, 32)
	return uint32(n)
}

// name is the symbolic name of an errno, "" for no error.
func name(err error) string {
	if err == nil {
		return ""
	}
	if errno, ok := errors.AsType[unix.Errno](err); ok {
		if s := unix.ErrnoName(errno); s != "" {
			return s
		}
	}
	return "EOTHER"
}

// ToldICMP says whether an attempt tells the ICMP error that ended it, and who sent that: see heard.
const ToldICMP = "yes"
