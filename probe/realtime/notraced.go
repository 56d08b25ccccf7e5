//go:build !race

package realtime

// Raced is true where the race detector watches.
const Raced = false
