// Package local looks at this computer's own sockets: which program waits on which port, and who can reach it there. Nothing is
// sent; what an ordinary user may not see is marked as not seen, never as absent.
//
//	sockets       what the system shows                                  (sockets_*.go, holders_*.go, process.go)
//	reach         from where a socket can be reached; a pure function     (reach.go)
//	notes         what else is worth saying of it; a pure function        (notes.go)
//	firewall      this computer's own, as far as it may be read           (firewall*.go, nft.go, windowsrules.go)
//	interceptors  programs that take connections on their way out         (interceptors.go, drivers_*.go)
//
// On Linux the kernel is asked itself (sock_diag(7), else /proc/net). github.com/shirou/gopsutil reads /proc/net, too, but drops
// what matters here: the queue's limit, whether a socket is IPv6 only, its interface, and its user where the program can't be
// seen; and sockets that share a port (SO_REUSEPORT) are one there. Elsewhere it lists the sockets, everywhere the programs.
package local
