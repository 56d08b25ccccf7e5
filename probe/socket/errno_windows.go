package socket

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// errnoName is Unix's name of a Windows Sockets error. syscall.ECONNREFUSED and its like are inventions of Go's on
// Windows and never come from the system, so the numbers are compared.
func errnoName(errno syscall.Errno) string {
	switch errno {
	case windows.WSAEACCES:
		return "EACCES"
	case windows.WSAEINVAL:
		return "EINVAL"
	case windows.WSAEMFILE:
		return "EMFILE"
	case windows.WSAEWOULDBLOCK:
		return "EAGAIN"
	case windows.WSAEMSGSIZE:
		return "EMSGSIZE"
	case windows.WSAENOPROTOOPT:
		return "ENOPROTOOPT"
	case windows.WSAEPROTONOSUPPORT:
		return "EPROTONOSUPPORT"
	case windows.WSAEOPNOTSUPP:
		return "EOPNOTSUPP"
	case windows.WSAEAFNOSUPPORT:
		return "EAFNOSUPPORT"
	case windows.WSAEADDRINUSE:
		return "EADDRINUSE"
	case windows.WSAEADDRNOTAVAIL:
		return "EADDRNOTAVAIL"
	case windows.WSAENETDOWN:
		return "ENETDOWN"
	case windows.WSAENETUNREACH, windows.ERROR_NETWORK_UNREACHABLE:
		return "ENETUNREACH"
	case windows.WSAENETRESET: // a datagram's TTL exceeded
		return "ENETRESET"
	case windows.WSAECONNABORTED, windows.ERROR_CONNECTION_ABORTED:
		return "ECONNABORTED"
	case windows.WSAECONNRESET, windows.ERROR_NETNAME_DELETED:
		return "ECONNRESET"
	case windows.WSAENOTCONN:
		return "ENOTCONN"
	case windows.WSAENOBUFS:
		return "ENOBUFS"
	case windows.WSAETIMEDOUT, windows.ERROR_SEM_TIMEOUT:
		return "ETIMEDOUT"
	case windows.WSAECONNREFUSED, windows.ERROR_CONNECTION_REFUSED, windows.ERROR_PORT_UNREACHABLE:
		return "ECONNREFUSED"
	case windows.WSAEHOSTDOWN:
		return "EHOSTDOWN"
	case windows.WSAEHOSTUNREACH, windows.ERROR_HOST_UNREACHABLE:
		return "EHOSTUNREACH"
	}
	return "EOTHER"
}
