package phrase

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// MaxListed bounds the ranges in a list of ports in a sentence.
const MaxListed = 24

// Ports are ports of one protocol.
type Ports struct {
	Protocol string
	Numbers  []uint16
}

// PortList writes ports of several protocols as a rule request would: "TCP 20, 80, 2000-2005 and UDP 53".
func PortList(all ...Ports) string {
	byProtocol := map[string][]uint16{}
	var order []string
	for _, p := range all {
		if byProtocol[p.Protocol] == nil {
			order = append(order, p.Protocol)
		}
		byProtocol[p.Protocol] = append(byProtocol[p.Protocol], p.Numbers...)
	}
	var out []string
	for _, protocol := range order {
		out = append(out, strings.ToUpper(protocol)+" "+Ranges(byProtocol[protocol]))
	}
	return strings.Join(out, " and ")
}

// Ranges writes numbers in ascending order, three or more neighbours as a range; too many of them by
// their limits and count.
func Ranges(ports []uint16) string {
	ports = slices.Clone(ports)
	slices.Sort(ports)
	ports = slices.Compact(ports)
	var out []string
	shown := 0
	for i := 0; i < len(ports) && len(out) < MaxListed; {
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
