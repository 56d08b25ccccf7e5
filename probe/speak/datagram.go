package speak

import "whyport/probe/speak/protocol"

// Known is what the person who asks knows of a server.
type Known = protocol.Known

// Datagram begins to ask a UDP port by its usual protocol: one Payload for each try, and Read for the reply.
func Datagram(port uint16, known Known) *protocol.Question { return protocol.Datagrams(port, known) }

// Usual is the protocol that a port's number usually has; "" where it says nothing.
func Usual(port uint16) string { return protocol.Usual(port).Usual }

// Fragile reports a port whose devices print or obey whatever is sent, or stop at what they do not expect.
func Fragile(port uint16) bool { return port == bacnet || protocol.Usual(port).Quiet }

// bacnet is BACnet/IP's port (ASHRAE 135, Annex J).
const bacnet = 47808
