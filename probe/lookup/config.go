package lookup

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"strings"
)

// Config says how names are looked up; the zero value is as this computer is set.
type Config struct {
	System    System           // nil: the system's resolver
	Servers   []netip.AddrPort // that are asked directly; nil: those that this computer is set to
	Search    []string         // domains that are appended to a name; used with Servers
	HostsFile string           // "": this computer's
	Hostname  string           // "": this computer's
	Compare   []Server         // asked as well: where they say something else, that is told
	Dial      Dial             // of what is asked directly; nil: as the system does it
}

const (
	maxServers   = 3 // as resolvers do (resolv.conf(5))
	maxSearch    = 6
	maxHostsFile = 32 << 20 // bytes that are read: lists that block names are long
)

// resolvConf reads the name servers and search domains of a resolv.conf(5).
func resolvConf(r io.Reader) (servers []netip.AddrPort, search []string) {
	lines := bufio.NewScanner(io.LimitReader(r, 64<<10))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 2 || f[0][0] == '#' || f[0][0] == ';' {
			continue
		}
		switch f[0] {
		case "nameserver":
			if a, err := netip.ParseAddr(f[1]); err == nil && len(servers) < maxServers {
				servers = append(servers, netip.AddrPortFrom(a, 53))
			}
		case "domain", "search":
			search = nil
			for _, d := range f[1:min(len(f), 1+maxSearch)] {
				if d = strings.Trim(d, "."); d != "" {
					search = append(search, d)
				}
			}
		}
	}
	return servers, search
}

// hostsNames are the names of a hosts file.
func hostsNames(path string) map[string]bool {
	names := map[string]bool{}
	f, err := os.Open(path)
	if err != nil {
		return names
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxHostsFile))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		if _, err := netip.ParseAddr(fields[0]); err != nil {
			continue
		}
		for _, n := range fields[1:] {
			names[plain(n)] = true
		}
	}
	return names
}

// plain is a name as it is compared.
func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// SearchDomains are those that this computer appends to a name, as far as it is known here.
func SearchDomains() []string {
	_, search := systemServers()
	return search
}
