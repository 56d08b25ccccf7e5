//go:build !windows

package speak

import (
	"syscall"
	"time"
)

// spending measures the CPU time of this process from now on.
func spending() func() time.Duration {
	begin := cpuTime()
	return func() time.Duration { return cpuTime() - begin }
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
