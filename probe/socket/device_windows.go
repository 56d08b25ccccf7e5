package socket

import (
	"math/bits"
	"net"

	"golang.org/x/sys/windows"
)

// Options of ws2ipdef.h: what they name is sent through the interface, whatever the routes say of others.
const (
	ipUnicastIF   = 31 // its index in network byte order
	ipv6UnicastIF = 31 // in the host's
)

// bindDevice keeps a socket to an interface.
func bindDevice(fd uintptr, v4 bool, name string) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return
	}
	if v4 {
		windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_IP, ipUnicastIF, int(int32(bits.ReverseBytes32(uint32(i.Index)))))
		return
	}
	windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_IPV6, ipv6UnicastIF, i.Index)
}

// BindsDevice says whether a socket is kept to an interface, whatever the routes say.
const BindsDevice = "yes"
