package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxListed bounds the ranges in a list of ports in a sentence.
const maxListed = 24

// portList writes ports of several protocols as a rule request would: "TCP 20, 80, 2000-2005 and UDP 53".
func portList(ports []*Port) string {
	byProtocol := map[string][]uint16{}
	var order []string
	for _, p := range ports {
		if byProtocol[p.Protocol] == nil {
			order = append(order, p.Protocol)
		}
		byProtocol[p.Protocol] = append(byProtocol[p.Protocol], p.all()...)
	}
	var out []string
	for _, protocol := range order {
		out = append(out, strings.ToUpper(protocol)+" "+ranges(byProtocol[protocol]))
	}
	return strings.Join(out, " and ")
}

// ranges writes numbers in ascending order, three or more neighbours as a range; too many of them by
// their limits and count.
func ranges(ports []uint16) string {
	ports = slices.Clone(ports)
	slices.Sort(ports)
	ports = slices.Compact(ports)
	var out []string
	shown := 0
	for i := 0; i < len(ports) && len(out) < maxListed; {
		n := i + 1
		for n < len(ports) && int(ports[n]) == int(ports[i])+n-i {
			n++
		}
		if n-i < 3 {
			n = i + 1
			out = append(out, strconv.Itoa(int(ports[i])))
		} else {
			out = append(out, fmt.Sprintf("%d-%d", ports[i], ports[n-1]))
		}
		shown += n - i
		i = n
	}
	if shown < len(ports) {
		return fmt.Sprintf("%d-%d (%d ports)", ports[0], ports[len(ports)-1], len(ports))
	}
	return strings.Join(out, ", ")
}

// all are the ports that an entry stands for.
func (p *Port) all() []uint16 {
	if p.numbers != nil {
		return p.numbers
	}
	return []uint16{p.Port}
}

// amount is the number of ports behind entries.
func amount(ports []*Port) (n int) {
	for _, p := range ports {
		n += max(1, len(p.numbers))
	}
	return n
}

// label is a port with its usual service: "443 (https)", "53/udp (domain)".
func (p *Port) label() string {
	s := p.number()
	if p.Service.Name != nil {
		s += " (" + *p.Service.Name + ")"
	}
	if p.Host != nil {
		s += " at " + short(*p.Host, 40)
	}
	return s
}

// number is the port, with its protocol where that is not TCP.
func (p *Port) number() string {
	if p.Protocol == "tcp" {
		return strconv.Itoa(int(p.Port))
	}
	return strconv.Itoa(int(p.Port)) + "/" + p.Protocol
}

// replaceWhole replaces old where no digit, letter or dot continues it, so that "TCP 20" is not found in "TCP 2000".
func replaceWhole(s, old, with string) string {
	if old == "" || old == with {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, old)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := i + len(old)
		b.WriteString(s[:i])
		if end < len(s) && continues(s[end:]) || i > 0 && alphanumeric(s[i-1]) {
			b.WriteString(old)
		} else {
			b.WriteString(with)
		}
		s = s[end:]
	}
}

func continues(rest string) bool {
	return alphanumeric(rest[0]) || len(rest) > 1 && (rest[0] == '.' || rest[0] == ':') && alphanumeric(rest[1])
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
