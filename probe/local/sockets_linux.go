package local

import (
	"context"
	"os"

	"whyport/probe/evidence"
)

// othersHidden: the kernel shows everybody all sockets of the network namespace.
const othersHidden = false

func administrator() bool { return os.Geteuid() == 0 }

// table is one that the kernel keeps: of a protocol and a family.
type table struct {
	protocol evidence.Protocol
	family   uint8
	file     string // in /proc/net
}

// seen is a socket with what leads to its programs.
type seen struct {
	Socket
	inode  uint64
	cgroup uint64 // its cgroup's number; 0: not told
	uid    uint32
}

// sockets are those of this network namespace: by sock_diag, and where a kernel or a sandbox has no such thing, by /proc/net.
func sockets(ctx context.Context, sessions bool) ([]Socket, error) {
	var all []seen
	for _, t := range tables() {
		found, err := diagnose(ctx, t, sessions)
		if err != nil {
			found, err = readTable(t, sessions)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return name(ctx, all), ctx.Err()
}

// ToldPrograms says whose listening programs an ordinary user is told.
const ToldPrograms = "this user's; of others the user and unit"
