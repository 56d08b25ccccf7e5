package exporter

import (
	"net/netip"
	"slices"
	"strings"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/target"
	"whyport/services"
	"whyport/services/mistake"
	"whyport/services/profile"
)

// Allow is what may be tested. The zero value allows nothing. A name is allowed by its name alone and an address by its address
// alone, so that nothing has to be looked up to say no.
type Allow struct {
	everything bool
	names      []string // "server.example"; ".corp.example": all below; ".": every name
	addresses  []netip.Prefix
	ports      map[services.Endpoint]bool
}

// Everything is for an exporter that only this computer's own users reach: they could start the program themselves.
func Everything() Allow { return Allow{everything: true} }

// ParseAllow reads a list: names, *.domains, addresses, ranges, and ports with a colon before them. Without ports the ports that
// profiles have are allowed. The error is a *mistake.Error.
func ParseAllow(list string, names *services.Registry) (a Allow, err error) {
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		if err := a.add(item, names); err != nil {
			return Allow{}, err
		}
	}
	if len(a.names) == 0 && len(a.addresses) == 0 {
		return Allow{}, mistake.New("name targets, too: --allow 192.0.2.0/24,*.corp.example,:443", "--allow names no target")
	}
	if a.ports == nil {
		a.ports, err = profilePorts()
	}
	return a, err
}

func (a *Allow) add(item string, names *services.Registry) error {
	if p, err := netip.ParsePrefix(item); err == nil {
		a.addresses = append(a.addresses, p.Masked())
		return nil
	}
	if ports, is := strings.CutPrefix(item, ":"); is && !strings.HasPrefix(ports, ":") {
		found, err := names.ParsePorts(ports)
		if err != nil {
			return err
		}
		if a.ports == nil {
			a.ports = map[services.Endpoint]bool{}
		}
		for _, p := range found {
			a.ports[p] = true
		}
		return nil
	}
	if item == "*" {
		a.names = append(a.names, ".")
		return nil
	}
	domain, below := strings.CutPrefix(item, "*.")
	found, err := target.Parse(domain, nil)
	if err != nil || len(found) != 1 || found[0].Port != 0 || below && found[0].Addr.IsValid() {
		return mistake.New("name a server, *.corp.example, an address, 192.0.2.0/24 or a port as :443",
			"--allow can't have %s", target.Shown(item))
	}
	switch t := found[0]; {
	case t.Addr.IsValid():
		addr := plain(t.Addr)
		a.addresses = append(a.addresses, netip.PrefixFrom(addr, addr.BitLen()))
	case below:
		a.names = append(a.names, "."+t.ServerName)
	default:
		a.names = append(a.names, t.ServerName)
	}
	return nil
}

// profilePorts are the ports of all profiles.
func profilePorts() (map[services.Endpoint]bool, error) {
	ports := map[services.Endpoint]bool{}
	all, err := profile.All()
	for _, p := range all {
		for _, g := range p.Groups {
			for _, port := range g.Ports {
				ports[services.Endpoint{Port: port.Port, Protocol: port.Protocol}] = true
			}
		}
	}
	return ports, err
}

// permits says why a target or one of its ports may not be tested; nil: it may. Hosts that a profile names come with the profile.
func (a *Allow) permits(t *probe.Target) *refusal {
	if a.everything {
		return nil
	}
	if !a.host(t.Host, t.Addr) {
		return forbidden("the exporter's --allow has to name it", "%s may not be tested from here", target.Shown(t.Host))
	}
	for _, c := range t.Candidates {
		if !a.ports[services.Endpoint{Port: c.Port, Protocol: string(c.Protocol)}] {
			return forbidden("the exporter's --allow has to name it, as :443 or :161/udp", "port %d/%s may not be tested from here",
				c.Port, c.Protocol)
		}
	}
	return nil
}

// host reports whether a target is allowed: addr is not valid where it was given by name.
func (a *Allow) host(name string, addr netip.Addr) bool {
	if addr.IsValid() {
		return slices.ContainsFunc(a.addresses, func(p netip.Prefix) bool { return p.Contains(plain(addr)) })
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	return slices.ContainsFunc(a.names, func(allowed string) bool {
		return allowed == "." || allowed == name || allowed[0] == '.' && strings.HasSuffix(name, allowed)
	})
}

// limit keeps a plan to what is allowed while it runs: an allowed server's word leads nowhere else, and a name not to this
// computer or to its neighbours on the link, where cloud machines have their secrets, unless these addresses are allowed.
func (a *Allow) limit(o *probe.Options) {
	if a.everything {
		return
	}
	o.Follow = func(host string, port uint16) bool {
		addr, _ := netip.ParseAddr(host)
		return (host == "" || a.host(host, addr)) && a.ports[services.Endpoint{Port: port, Protocol: string(evidence.TCP)}]
	}
	o.Exclude = slices.Clone(o.Exclude)
	for _, own := range []string{"127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10"} {
		p := netip.MustParsePrefix(own)
		if !slices.ContainsFunc(a.addresses, p.Overlaps) {
			o.Exclude = append(o.Exclude, p)
		}
	}
}

// plain is an address as prefixes have it: without zone, and IPv4 as IPv4.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }
