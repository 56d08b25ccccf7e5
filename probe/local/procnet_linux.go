package local

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// readTable reads a table as a file of /proc/net shows it (proc_net(5)): without the queue's limit, the interface, and whether
// a socket is IPv6 only.
func readTable(t table, sessions bool) ([]seen, error) {
	file, err := os.Open("/proc/net/" + t.file)
	if errors.Is(err, fs.ErrNotExist) && t.family == unix.AF_INET6 {
		return nil, nil // no IPv6
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return parseTable(file, t, sessions)
}

func parseTable(r io.Reader, t table, sessions bool) (out []seen, err error) {
	lines := bufio.NewScanner(r)
	lines.Scan() // the head
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 10 {
			continue
		}
		state, err := strconv.ParseUint(f[3], 16, 8)
		if err != nil || wanted(t.protocol, sessions)&(1<<state) == 0 {
			continue
		}
		local, ok := tableAddr(f[1])
		if !ok {
			continue
		}
		s := seen{Socket: Socket{Protocol: t.protocol, State: stateOf(t.protocol, uint8(state)), Local: local}}
		if remote, ok := tableAddr(f[2]); ok && remote.Port() != 0 {
			s.Remote = remote
		}
		_, unread, _ := strings.Cut(f[4], ":")
		if waiting, err := strconv.ParseUint(unread, 16, 32); err == nil && s.State == Waiting {
			s.Queue = &Queue{Waiting: int(waiting)}
		}
		uid, _ := strconv.ParseUint(f[7], 10, 32)
		s.uid = uint32(uid)
		s.inode, _ = strconv.ParseUint(f[9], 10, 64)
		out = append(out, s)
	}
	return out, lines.Err()
}

// tableAddr reads 0100007F:0016: words of four bytes in the machine's order, and a port.
func tableAddr(text string) (netip.AddrPort, bool) {
	words, digits, _ := strings.Cut(text, ":")
	b, err := hex.DecodeString(words)
	port, bad := strconv.ParseUint(digits, 16, 16)
	if err != nil || bad != nil || len(b) != 4 && len(b) != 16 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(b); i += 4 {
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	a, _ := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(a, uint16(port)), true
}
