//go:build unix

package lookup

import (
	"net/netip"
	"os"
)

const systemHosts = "/etc/hosts"

// systemServers are the name servers and search domains that this computer is set to.
func systemServers() ([]netip.AddrPort, []string) {
	f, err := os.Open("/etc/resolv.conf")
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	return resolvConf(f)
}

// serversBehind are those of systemd-resolved, whose own address is in resolv.conf(5) (systemd-resolved.service(8), FILES).
func serversBehind() []netip.AddrPort {
	f, err := os.Open("/run/systemd/resolve/resolv.conf")
	if err != nil {
		return nil
	}
	defer f.Close()
	servers, _ := resolvConf(f)
	return servers
}
