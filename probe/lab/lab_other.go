//go:build !linux

package lab

import "testing"

// Main runs the tests: there is no lab on this system.
func Main(m *testing.M, _ Funcs) { m.Run() }
