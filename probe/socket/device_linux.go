package socket

import "golang.org/x/sys/unix"

// bindDevice keeps a socket to an interface. Linux 5.7 and later allow it to everybody whose socket has none yet
// (sock_bindtoindex, commit c427bfec18f2); before, the source address alone decides, as far as the routing rules look at it.
func bindDevice(fd uintptr, _ bool, name string) {
	if name != "" {
		unix.SetsockoptString(int(fd), unix.SOL_SOCKET, unix.SO_BINDTODEVICE, name)
	}
}

// portLater leaves the choice of a source port to connect, which knows the destination: bound sockets to different ones can then
// share a port (ip(7), IP_BIND_ADDRESS_NO_PORT; it is for IPv6, too).
func portLater(fd int) { unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1) }

// BindsDevice says whether a socket is kept to an interface, whatever the routes say.
const BindsDevice = "yes"
