package evidence

import (
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
