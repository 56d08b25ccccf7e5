package remote

import (
	"os/exec"

	"golang.org/x/sys/windows"
)

// detach lets Ctrl-C not reach a program.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &windows.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW}
}

// kill ends a program.
func kill(cmd *exec.Cmd, _ bool) { cmd.Process.Kill() }
