package socket

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"whyport/probe/evidence"
)

// The functions of iphlpapi.h that every user may call; x/sys/windows has none of them.
var (
	iphlpapi        = windows.NewLazySystemDLL("iphlpapi.dll")
	icmpCreateFile  = iphlpapi.NewProc("IcmpCreateFile")
	icmpCloseHandle = iphlpapi.NewProc("IcmpCloseHandle")
	icmpSendEcho2   = iphlpapi.NewProc("IcmpSendEcho2")
	icmp6CreateFile = iphlpapi.NewProc("Icmp6CreateFile")
	icmp6SendEcho2  = iphlpapi.NewProc("Icmp6SendEcho2")
)

// Ping asks for an echo. NotRun: the system gives none.
func (System) Ping(ctx context.Context, r Request) evidence.Attempt {
	begin, a := started(r)
	create, echo, status := icmpCreateFile, echo4, 4 // ICMP_ECHO_REPLY: Address, Status
	if !r.To.Addr().Is4() {
		create, echo, status = icmp6CreateFile, echo6, 28 // ICMPV6_ECHO_REPLY: IPV6_ADDRESS_EX, 26 bytes and 2 of padding, Status
	}
	if icmpSendEcho2.Find() != nil || icmp6SendEcho2.Find() != nil {
		return a
	}
	handle, _, _ := create.Call()
	if windows.Handle(handle) == windows.InvalidHandle {
		return a
	}
	defer icmpCloseHandle.Call(handle)
	reply := make([]byte, 256) // the structure, the data, an ICMP error and an IO_STATUS_BLOCK
	a.Outcome = evidence.Silent
	for range 2 {
		sent := time.Now()
		if echo(handle, r, reply) && binary.NativeEndian.Uint32(reply[status:]) == 0 { // IP_SUCCESS
			a.Outcome, a.Elapsed = evidence.Connected, time.Since(sent)
			return a
		}
		if ctx.Err() != nil {
			a.Outcome = evidence.Interrupted
			break
		}
	}
	a.Elapsed = time.Since(begin)
	return a
}

// said is what an echo carries.
var said = []byte("whyport")

func echo4(handle uintptr, r Request, reply []byte) bool {
	to := r.To.Addr().As4()
	n, _, _ := icmpSendEcho2.Call(handle, 0, 0, 0, uintptr(binary.NativeEndian.Uint32(to[:])), uintptr(unsafe.Pointer(&said[0])),
		uintptr(len(said)), 0, uintptr(unsafe.Pointer(&reply[0])), uintptr(len(reply)), uintptr((r.Timeout / 2).Milliseconds()))
	return n > 0
}

// echo6 leaves the source to the system where the request names none: the unspecified address.
func echo6(handle uintptr, r Request, reply []byte) bool {
	to, from := socketAddress(r.To.Addr()), socketAddress(netip.IPv6Unspecified())
	if r.From.IsValid() {
		from = socketAddress(r.From)
	}
	n, _, _ := icmp6SendEcho2.Call(handle, 0, 0, 0, uintptr(unsafe.Pointer(&from)), uintptr(unsafe.Pointer(&to)), uintptr(unsafe.Pointer(&said[0])),
		uintptr(len(said)), 0, uintptr(unsafe.Pointer(&reply[0])), uintptr(len(reply)), uintptr((r.Timeout / 2).Milliseconds()))
	return n > 0
}

func socketAddress(a netip.Addr) (out windows.RawSockaddrInet6) {
	out.Family, out.Addr = windows.AF_INET6, a.As16()
	if i, err := net.InterfaceByName(a.Zone()); err == nil {
		out.Scope_id = uint32(i.Index)
	}
	return out
}
