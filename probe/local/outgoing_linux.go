package local

import (
	"context"
	"fmt"
	"os"
)

// outgoing is the range of net.ipv4.ip_local_port_range, which IPv6 has, too.
func outgoing(context.Context) (r PortRange) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err == nil {
		_, err = fmt.Sscan(string(text), &r.First, &r.Last)
	}
	if err != nil {
		return PortRange{}
	}
	return r
}
