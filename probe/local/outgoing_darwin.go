package local

import (
	"context"

	"golang.org/x/sys/unix"
)

// outgoing is the range of net.inet.ip.portrange.first and .last.
func outgoing(context.Context) PortRange {
	first, err := unix.SysctlUint32("net.inet.ip.portrange.first")
	last, bad := unix.SysctlUint32("net.inet.ip.portrange.last")
	if err != nil || bad != nil {
		return PortRange{}
	}
	return PortRange{First: uint16(first), Last: uint16(last)}
}
