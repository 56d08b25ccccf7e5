package speak

import "whyport/probe/speak/protocol"

// Datagram begins to ask a UDP port of a server, whose name may be empty, by its usual protocol: one Payload for each try, and Read for the reply.
func Datagram(port uint16, name string) *protocol.Question { return protocol.Datagrams(port, name) }

// Usual is the protocol that a port's number usually has; "" where it says nothing.
func Usual(port uint16) string { return protocol.Usual(port).Usual }
