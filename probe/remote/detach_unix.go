//go:build unix

package remote

import (
	"os/exec"
	"syscall"
)

// detach takes the terminal away from a program: it can't ask there, nor can jump hosts' ssh, and Ctrl-C does not reach it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// kill ends a program, with what it started where it was detached.
func kill(cmd *exec.Cmd, detached bool) {
	if detached {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	cmd.Process.Kill()
}
