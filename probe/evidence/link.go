package evidence

import (
	"net"
	"net/netip"
	"strings"
)

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

// Virtual reports a network that exists only inside this computer, by the names that programs give their interfaces:
// Docker and Podman (docker0, br-<id>, podman0, cni0), libvirt (virbr0), LXC and LXD, VirtualBox, VMware, and those of
// Hyper-V's switches that are not external (WSL's among them). Bridges of other names may have a cable in them.
func (l *Link) Virtual() bool {
	if l == nil {
		return false
	}
	name := strings.ToLower(l.Interface)
	for _, begin := range []string{"docker", "br-", "virbr", "podman", "cni", "lxcbr", "lxdbr", "incusbr", "vboxnet", "vmnet",
		"virtualbox host-only", "vmware network adapter", "vethernet (default switch)", "vethernet (wsl", "vethernet (nat)"} {
		if strings.HasPrefix(name, begin) {
			return true
		}
	}
	return false
}

// Neighbour is what this computer's neighbour table (ARP, NDP) says of an address on a link; "": nothing, or it is not known.
type Neighbour string

// The states that say something; the kernel's names (RFC 4861, 7.3.2; Linux has them for ARP, too).
const (
	NeighbourReachable Neighbour = "reachable" // it has answered within the last half minute: it is on
	NeighbourFailed    Neighbour = "failed"    // nobody answered for the address
)

// Kinds of addresses that no host has.
const (
	NoHostBroadcast = "broadcast" // the last one of a network
	NoHostNetwork   = "network"   // the first one
	NoHostGroup     = "group"     // multicast
	NoHostAny       = "any"       // 0.0.0.0 and ::
	NoHostReserved  = "reserved"  // RFC 1112, 4: class E; some clouds use it inside
)

// NoHost says why no host has an address, as far as it shows and as the link tells; "": a host can have it.
func NoHost(a netip.Addr, l *Link) string {
	a = a.Unmap().WithZone("")
	switch {
	case a.IsUnspecified():
		return NoHostAny
	case a.IsMulticast():
		return NoHostGroup
	case !a.Is4():
		return ""
	case a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return NoHostBroadcast
	case a.As4()[0] >= 240:
		return NoHostReserved
	case l == nil || !l.Prefix.Addr().Is4() || l.Prefix.Bits() > 30: // RFC 3021: a /31 has two hosts
		return ""
	case a == l.Prefix.Masked().Addr():
		return NoHostNetwork
	}
	b, mask := a.As4(), net.CIDRMask(l.Prefix.Bits(), 32)
	for i := range b {
		if b[i]|mask[i] != 255 {
			return ""
		}
	}
	return NoHostBroadcast
}
