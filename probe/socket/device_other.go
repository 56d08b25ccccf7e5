//go:build !linux && !darwin && !windows

package socket

// bindDevice: the source address alone decides here.
func bindDevice(uintptr, bool, string) {}

// BindsDevice says whether a socket is kept to an interface, whatever the routes say.
const BindsDevice = "by its address alone"
