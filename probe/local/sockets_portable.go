//go:build !linux

package local

import (
	"context"
	"net/netip"
	"strings"
	"syscall"

	"github.com/shirou/gopsutil/v4/net"

	"whyport/probe/evidence"
)

// sockets are those that the library lists: on Windows of all programs (GetExtendedTcpTable), on macOS what lsof shows this user.
func sockets(ctx context.Context, sessions bool) (out []Socket, err error) {
	all, err := net.ConnectionsWithoutUidsWithContext(ctx, "inet")
	if err != nil {
		return nil, err
	}
	known := map[int32]Process{}
	for _, c := range all {
		s := Socket{Protocol: evidence.TCP, Local: endpoint(c.Laddr, c.Family),
			State: State(strings.ToLower(strings.ReplaceAll(c.Status, "_", "-")))}
		if c.Type == syscall.SOCK_DGRAM {
			s.Protocol, s.State = evidence.UDP, Waiting
		}
		if remote := endpoint(c.Raddr, c.Family); remote.Port() != 0 {
			s.Remote = remote
			if s.Protocol == evidence.UDP {
				s.State = Established
			}
		}
		if !s.Local.IsValid() || s.Local.Port() == 0 || s.State != Waiting && !sessions {
			continue
		}
		if c.Pid > 0 {
			if _, is := known[c.Pid]; !is {
				known[c.Pid] = describe(ctx, int(c.Pid))
			}
			s.Holders, s.User = []Process{known[c.Pid]}, known[c.Pid].User
		}
		out = append(out, s)
	}
	return out, nil
}

// endpoint is the library's address; "*" and "" are lsof's and the library's words for any.
func endpoint(a net.Addr, family uint32) netip.AddrPort {
	text := strings.Trim(a.IP, "[]")
	if text == "*" || text == "" {
		text = "0.0.0.0"
		if family == syscall.AF_INET6 {
			text = "::"
		}
	}
	parsed, err := netip.ParseAddr(text)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(parsed, uint16(a.Port))
}
