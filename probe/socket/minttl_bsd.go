//go:build freebsd || openbsd || netbsd || dragonfly || (linux && whyport_portable)

package socket

import "golang.org/x/sys/unix"

const minTTLOption = unix.IP_MINTTL
