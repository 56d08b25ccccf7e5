//go:build unix

package speak

import "syscall"

// ownGroup lets a server be ended with all of its children.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
