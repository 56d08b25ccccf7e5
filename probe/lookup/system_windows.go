package lookup

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

// systemHosts is where Windows has it unless DataBasePath in the registry says otherwise.
const systemHosts = `C:\Windows\System32\drivers\etc\hosts`

// systemServers are the name servers of the interfaces that are up (GetAdaptersAddresses). The search domains of Windows
// depend on policies; they are left to its own resolver.
func systemServers() (servers []netip.AddrPort, search []string) {
	const flags = windows.GAA_FLAG_SKIP_UNICAST | windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST
	size := uint32(16 << 10)
	for range 3 { // an interface may come in between
		b := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&b[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, flags, 0, first, &size)
		if err == windows.ERROR_BUFFER_OVERFLOW {
			continue
		}
		if err != nil {
			return nil, nil
		}
		for i := first; i != nil; i = i.Next {
			if i.OperStatus == windows.IfOperStatusUp {
				servers = append(servers, serversOf(i)...)
			}
		}
		return servers[:min(len(servers), maxServers)], nil
	}
	return nil, nil
}

// unset are addresses that Windows shows where an interface has no IPv6 name server (the abandoned site-local ones).
var unset = netip.MustParsePrefix("fec0::/10")

func serversOf(i *windows.IpAdapterAddresses) (out []netip.AddrPort) {
	for s := i.FirstDnsServerAddress; s != nil; s = s.Next {
		a, ok := netip.AddrFromSlice(s.Address.IP())
		if a = a.Unmap(); ok && !unset.Contains(a) && !a.IsLinkLocalUnicast() { // its zone is not told
			out = append(out, netip.AddrPortFrom(a, 53))
		}
	}
	return out
}

func serversBehind() []netip.AddrPort { return nil }
