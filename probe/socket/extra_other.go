//go:build !linux || whyport_portable

package socket

// CanExtra says whether connections can have extras on this system.
const CanExtra = false
