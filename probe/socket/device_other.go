//go:build !linux && !darwin && !windows

package socket

// bindDevice: the source address alone decides here.
func bindDevice(uintptr, bool, string) {}
