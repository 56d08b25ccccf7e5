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
