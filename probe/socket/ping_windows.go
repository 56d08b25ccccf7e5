package socket

import (
	"context"
	"encoding/binary"
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
)

// Ping asks for an echo. IPv6's function wants the source address, too, and is left out: NotRun.
func (System) Ping(ctx context.Context, r Request) evidence.Attempt {
	begin, a := started(r)
	if !r.To.Addr().Is4() || icmpSendEcho2.Find() != nil {
		return a
	}
	handle, _, _ := icmpCreateFile.Call()
	if windows.Handle(handle) == windows.InvalidHandle {
		return a
	}
	defer icmpCloseHandle.Call(handle)
	to := r.To.Addr().As4()
	data := []byte("whyport")
	// ICMP_ECHO_REPLY (address, status, time, sizes, options), the data, an ICMP error and an IO_STATUS_BLOCK.
	reply := make([]byte, 256)
	a.Outcome = evidence.Silent
	for range 2 {
		sent := time.Now()
		n, _, _ := icmpSendEcho2.Call(handle, 0, 0, 0, uintptr(binary.NativeEndian.Uint32(to[:])), uintptr(unsafe.Pointer(&data[0])),
			uintptr(len(data)), 0, uintptr(unsafe.Pointer(&reply[0])), uintptr(len(reply)), uintptr((r.Timeout / 2).Milliseconds()))
		if n > 0 && binary.NativeEndian.Uint32(reply[4:]) == 0 { // IP_SUCCESS
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
