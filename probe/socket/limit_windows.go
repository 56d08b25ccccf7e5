package socket

// MaxDescriptors is how many sockets may be open: Windows has no limit for a process but memory.
func MaxDescriptors() int { return 1 << 16 }
