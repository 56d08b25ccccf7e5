package socket

import (
	"net"

	"golang.org/x/sys/unix"
)

// bindDevice keeps a socket to an interface (ip(4), IP_BOUND_IF).
func bindDevice(fd uintptr, v4 bool, name string) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return
	}
	if v4 {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_BOUND_IF, i.Index)
		return
	}
	unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_BOUND_IF, i.Index)
}

// BindsDevice says whether a socket is kept to an interface, whatever the routes say.
const BindsDevice = "yes"
