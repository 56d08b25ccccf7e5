package listen

import (
	"context"
	"os"

	"golang.org/x/sys/unix"
)

// capture is a packet socket (packet(7)), which sees what comes before the firewall's input rules and what has passed those
// for output. It needs CAP_NET_RAW.
type capture struct{ file *os.File }

// openCapture is nil where this user may not.
func openCapture() *capture {
	const all = unix.ETH_P_ALL>>8 | unix.ETH_P_ALL<<8&0xff00 // in network order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	filter := synFilter()
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err = unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all})
	}
	if err != nil {
		unix.Close(fd)
		return nil
	}
	return &capture{os.NewFile(uintptr(fd), "packets")}
}

// synFilter lets TCP segments with SYN or RST pass, so that a busy server's other packets cost nothing (bpf(4); offsets from the
// IP header on).
func synFilter() []unix.SockFilter {
	return []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 0},
		{Code: unix.BPF_ALU | unix.BPF_RSH | unix.BPF_K, K: 4},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 4, Jt: 0, Jf: 5},
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 9}, // IPv4: protocol
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.IPPROTO_TCP, Jt: 0, Jf: 9},
		{Code: unix.BPF_LDX | unix.BPF_B | unix.BPF_MSH, K: 0},
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_IND, K: 13},
		{Code: unix.BPF_JMP | unix.BPF_JA, K: 4},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 6, Jt: 0, Jf: 5},
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 6}, // IPv6: next header
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.IPPROTO_TCP, Jt: 0, Jf: 3},
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 53},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: flagSYN | flagRST, Jt: 0, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 128},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
}

// run reads until it is closed.
func (c *capture) run(ctx context.Context, note func(wirePacket)) {
	raw, err := c.file.SyscallConn()
	if err != nil {
		return
	}
	buf := make([]byte, 128)
	for ctx.Err() == nil {
		var n int
		var from unix.Sockaddr
		err := raw.Read(func(fd uintptr) bool {
			var err error
			n, from, err = unix.Recvfrom(int(fd), buf, 0)
			return err != unix.EAGAIN
		})
		if err != nil {
			return
		}
		if link, ok := from.(*unix.SockaddrLinklayer); ok && n > 0 {
			if p, ok := readSYN(buf[:n], link.Pkttype == unix.PACKET_OUTGOING); ok {
				note(p)
			}
		}
	}
}

func (c *capture) close() {
	if c != nil {
		c.file.Close()
	}
}

// CanCapture says whether a listener sees packets that this computer's firewall drops.
const CanCapture = "as root"
