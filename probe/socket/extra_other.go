//go:build !linux || whyport_portable

package socket

// Extras says whether connections can have extras on this system.
const Extras = "no"
