package evidence

// MTU is how large a packet may be on the way to an address, from this computer on. Sizes are whole IP packets, in bytes.
type MTU struct {
	Link int `json:"link"` // the largest that this computer's interface sends
	// Segment is the largest in which TCP sends, as both ends agreed and routers told the kernel; 0: not tried.
	Segment int    `json:"segment,omitempty"`
	Port    uint16 `json:"port,omitempty"` // which acknowledged what was sent over TCP
	Passes  int    `json:"passes,omitempty"`
	Fails   int    `json:"fails,omitempty"` // the smallest that vanished without a word; 0: none did
	// End is set where Passes got to the address itself; else it got to Before.
	End bool `json:"end,omitempty"`
	// Told is the error of a router that says how large a packet may be.
	Told *ICMP `json:"told,omitempty"`
	// Before is the last hop that large packets reach, After the first that only small ones do; TTL 0: none is known.
	Before Hop `json:"before,omitzero"`
	After  Hop `json:"after,omitzero"`
}

// TooBig reports whether a router dropped the packet because its link takes only smaller ones (RFC 1191, RFC 8201).
func (i ICMP) TooBig() bool {
	if i.V6() {
		return i.Type == 2
	}
	return i.Type == 3 && i.Code == 4
}
