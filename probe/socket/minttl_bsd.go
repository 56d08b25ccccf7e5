//go:build freebsd || openbsd || netbsd || dragonfly || (linux && whyport_portable)

package socket

import "golang.org/x/sys/unix"

const minTTLOption = unix.IP_MINTTL

// AnswerTTL says whether answers can be told by how far they have travelled (Request.MinTTL).
const AnswerTTL = "yes"
