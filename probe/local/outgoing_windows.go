package local

import (
	"context"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// numbers are what netsh prints in any language: the first port, and how many there are.
var numbers = regexp.MustCompile(`:\s*(\d+)`)

// outgoing asks netsh; Windows since Vista begins at 49152 (RFC 6335, 6) unless it is set otherwise.
func outgoing(ctx context.Context) PortRange {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	usual := PortRange{First: 49152, Last: 65535, Assumed: true}
	out, err := exec.CommandContext(ctx, "netsh", "int", "ipv4", "show", "dynamicport", "tcp").Output()
	found := numbers.FindAllSubmatch(out, -1)
	if err != nil || len(found) != 2 {
		return usual
	}
	first, _ := strconv.Atoi(string(found[0][1]))
	count, _ := strconv.Atoi(string(found[1][1]))
	if first < 1024 || count < 1 || first+count-1 > 65535 {
		return usual
	}
	return PortRange{First: uint16(first), Last: uint16(first + count - 1)}
}
