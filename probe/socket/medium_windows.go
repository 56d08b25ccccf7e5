package socket

import (
	"net"
	"unsafe"

	"golang.org/x/sys/windows"

	"whyport/probe/evidence"
)

// Interface types of GetAdaptersAddresses (ipifcons.h, from IANA's ifType) that x/sys/windows does not name.
const (
	typeWWAN  = 243
	typeWWAN2 = 244
	typeOther = 53 // propVirtual: what VPN programs make
)

func medium(i net.Interface) evidence.Medium {
	if named := evidence.MediumByName(i.Name); named != "" {
		return named
	}
	const flags = windows.GAA_FLAG_SKIP_UNICAST | windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST
	size := uint32(16 << 10)
	for range 3 { // an interface may come in between
		b := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&b[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, flags, 0, first, &size)
		if err == windows.ERROR_BUFFER_OVERFLOW {
			continue
		}
		for a := first; err == nil && a != nil; a = a.Next {
			if int(a.IfIndex) == i.Index || int(a.Ipv6IfIndex) == i.Index {
				return mediumOfType(a.IfType)
			}
		}
		return ""
	}
	return ""
}

func mediumOfType(t uint32) evidence.Medium {
	switch t {
	case windows.IF_TYPE_ETHERNET_CSMACD:
		return evidence.Cable
	case windows.IF_TYPE_IEEE80211:
		return evidence.WiFi
	case windows.IF_TYPE_PPP, windows.IF_TYPE_TUNNEL, typeOther:
		return evidence.Tunnel
	case windows.IF_TYPE_SOFTWARE_LOOPBACK:
		return evidence.Loopback
	case typeWWAN, typeWWAN2:
		return evidence.Mobile
	}
	return ""
}
