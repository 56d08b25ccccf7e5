//go:build !linux || whyport_portable

package socket

import "net"

// SendingOf says how a connection sends; false: it does not tell.
func SendingOf(net.Conn) (Sending, bool) { return Sending{}, false }

// Sizes says whether the system sends packets of a given size, and tells what became of them.
const Sizes = "no"
