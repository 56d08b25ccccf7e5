//go:build unix && !darwin && (!linux || whyport_portable)

package socket

const knowsRST = false
