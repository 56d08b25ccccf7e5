package listen

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// tables are the kernel's, which everybody may read; each line has number, local and remote end, state, ... in hexadecimal.
var tables = [...]string{"/proc/net/tcp", "/proc/net/tcp6"}

// synReceived is a half-open connection (include/net/tcp_states.h).
const synReceived = "03"

func tellsHalfOpen() bool {
	_, err := os.Stat(tables[0])
	return err == nil
}

func readHalfOpen() (out []halfOpenPeer) {
	for _, name := range tables {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			if peer, ok := halfOpenLine(lines.Text()); ok {
				out = append(out, peer)
			}
		}
		f.Close()
	}
	return out
}

func halfOpenLine(line string) (p halfOpenPeer, ok bool) {
	f := strings.Fields(line)
	if len(f) < 4 || f[3] != synReceived {
		return p, false
	}
	var okLocal, okRemote bool
	p.local, okLocal = kernelAddr(f[1])
	p.remote, okRemote = kernelAddr(f[2])
	return p, okLocal && okRemote
}

// kernelAddr reads "0100007F:01BB": words in the machine's order.
func kernelAddr(text string) (netip.AddrPort, bool) {
	address, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(address)
	n, err2 := strconv.ParseUint(port, 16, 16)
	if err != nil || err2 != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	a, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(a.Unmap(), uint16(n)), true
}

// SeesHalfOpen says whether a listener sees SYNs whose answer gets lost.
const SeesHalfOpen = "yes"
