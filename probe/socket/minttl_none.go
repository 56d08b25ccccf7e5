//go:build !(freebsd || openbsd || netbsd || dragonfly || linux)

package socket

const minTTLOption = 0 // the system has no such option
