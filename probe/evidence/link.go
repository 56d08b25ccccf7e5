package evidence

import "net/netip"

// Link is a network that an interface of this computer is in.
type Link struct {
	Interface string       `json:"interface"`
	Prefix    netip.Prefix `json:"prefix"` // with this computer's own address in it
}

// LinkOf is the smallest of the networks in which an address is; nil: it is behind a router, as far as interfaces tell.
func LinkOf(links []Link, a netip.Addr) (found *Link) {
	for i, l := range links {
		if l.Prefix.Contains(a.Unmap().WithZone("")) && (found == nil || l.Prefix.Bits() > found.Prefix.Bits()) {
			found = &links[i]
		}
	}
	return found
}
