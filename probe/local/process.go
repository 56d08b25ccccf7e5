package local

import (
	"context"

	"github.com/shirou/gopsutil/v4/process"
)

// describe tells of a process what this user may see.
func describe(ctx context.Context, pid int) Process {
	p := process.Process{Pid: int32(pid)}
	out := Process{PID: pid}
	out.Name, _ = p.NameWithContext(ctx)
	out.Path, _ = p.ExeWithContext(ctx)
	out.User, _ = p.UsernameWithContext(ctx)
	return out
}
