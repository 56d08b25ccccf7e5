//go:build !unix

package demo

import "net"

// shortQueue does nothing: Windows refuses where the queue is full, so it would not be silent.
func shortQueue(*net.TCPListener) {}
