package local

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

func tables() []table {
	return []table{{evidence.TCP, unix.AF_INET, "tcp"}, {evidence.TCP, unix.AF_INET6, "tcp6"},
		{evidence.UDP, unix.AF_INET, "udp"}, {evidence.UDP, unix.AF_INET6, "udp6"}}
}

// Layout of include/uapi/linux/inet_diag.h.
const (
	diagRequestLen = 56 // inet_diag_req_v2: family, protocol, ext, pad, states, inet_diag_sockid
	diagMessageLen = 72 // inet_diag_msg: family, state, timer, retrans, inet_diag_sockid, expires, rqueue, wqueue, uid, inode
	diagV6Only     = 11 // INET_DIAG_SKV6ONLY, of sockets that listen or are unconnected
	diagCgroup     = 21 // INET_DIAG_CGROUP_ID, since Linux 5.8
)

// States of include/net/tcp_states.h; an unconnected UDP socket is in the closed one.
const (
	tcpEstablished = 1
	tcpClose       = 7
	tcpListen      = 10
)

// stateNames are ss's.
var stateNames = map[uint8]State{tcpEstablished: Established, 2: "syn-sent", 3: "syn-recv", 4: "fin-wait-1", 5: "fin-wait-2",
	6: "time-wait", tcpClose: "closed", 8: "close-wait", 9: "last-ack", 11: "closing", 12: "syn-recv"}

// stateOf is a socket's state by the kernel's number.
func stateOf(p evidence.Protocol, number uint8) State {
	if p == evidence.TCP && number == tcpListen || p == evidence.UDP && number == tcpClose {
		return Waiting
	}
	return stateNames[number]
}

// wanted are the states that are asked for, a bit each.
func wanted(p evidence.Protocol, sessions bool) uint32 {
	waiting := uint32(1 << tcpListen)
	if p == evidence.UDP {
		waiting = 1 << tcpClose
	}
	if !sessions {
		return waiting
	}
	if p == evidence.UDP {
		return waiting | 1<<tcpEstablished
	}
	return 0x1fff &^ (1 << tcpClose)
}

// diagnose asks the kernel for a table's sockets (sock_diag(7)). It answers everybody, for the network namespace of the one who asks.
func diagnose(ctx context.Context, t table, sessions bool) (out []seen, err error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	second := unix.Timeval{Sec: 1}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &second); err != nil {
		return nil, err
	}
	if err := unix.Sendto(fd, diagRequest(t, sessions), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, os.NewSyscallError("sendto", err)
	}
	buffer := make([]byte, 1<<16)
	for ctx.Err() == nil {
		n, _, err := unix.Recvfrom(fd, buffer, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, os.NewSyscallError("recvfrom", err)
		}
		messages, err := syscall.ParseNetlinkMessage(buffer[:n])
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			switch m.Header.Type {
			case unix.NLMSG_DONE:
				return out, nil
			case unix.NLMSG_ERROR:
				return nil, fmt.Errorf("the kernel does not list %s sockets", t.file)
			case unix.SOCK_DIAG_BY_FAMILY:
				if s, ok := diagnosed(t, m.Data); ok {
					out = append(out, s)
				}
			}
		}
	}
	return nil, ctx.Err()
}

func diagRequest(t table, sessions bool) []byte {
	protocol := uint8(unix.IPPROTO_TCP)
	if t.protocol == evidence.UDP {
		protocol = unix.IPPROTO_UDP
	}
	b := make([]byte, unix.SizeofNlMsghdr+diagRequestLen)
	native := binary.NativeEndian
	native.PutUint32(b, uint32(len(b)))
	native.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	native.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	native.PutUint32(b[8:], 1)
	b[16], b[17] = t.family, protocol
	native.PutUint32(b[20:], wanted(t.protocol, sessions))
	return b
}

// diagnosed reads one answer.
func diagnosed(t table, b []byte) (s seen, ok bool) {
	if len(b) < diagMessageLen {
		return s, false
	}
	native := binary.NativeEndian
	s.Protocol, s.State = t.protocol, stateOf(t.protocol, b[1])
	s.Local = netip.AddrPortFrom(diagAddr(b[0], b[8:24]), binary.BigEndian.Uint16(b[4:]))
	if port := binary.BigEndian.Uint16(b[6:]); port != 0 {
		s.Remote = netip.AddrPortFrom(diagAddr(b[0], b[24:40]), port)
	}
	if index := native.Uint32(b[40:]); index != 0 {
		if i, err := net.InterfaceByIndex(int(index)); err == nil {
			s.Device = i.Name
		}
	}
	s.uid, s.inode = native.Uint32(b[64:]), uint64(native.Uint32(b[68:]))
	if s.State == Waiting {
		s.Queue = &Queue{Waiting: int(native.Uint32(b[56:]))}
		if t.protocol == evidence.TCP {
			s.Queue.Limit = new(int(native.Uint32(b[60:])))
		}
	}
	for rest := b[diagMessageLen:]; len(rest) >= unix.SizeofRtAttr; {
		length, kind := int(native.Uint16(rest)), native.Uint16(rest[2:])
		if length < unix.SizeofRtAttr || length > len(rest) {
			break
		}
		value := rest[unix.SizeofRtAttr:length]
		switch {
		case kind == diagV6Only && len(value) >= 1 && s.wildcard():
			s.V6Only = new(value[0] != 0)
		case kind == diagCgroup && len(value) >= 8:
			s.cgroup = native.Uint64(value)
		}
		rest = rest[min((length+3)&^3, len(rest)):]
	}
	return s, true
}

func diagAddr(family uint8, b []byte) netip.Addr {
	if family == unix.AF_INET {
		return netip.AddrFrom4([4]byte(b))
	}
	return netip.AddrFrom16([16]byte(b))
}
