//go:build !darwin

package socket

// NeedsPermission: these systems ask nobody.
func NeedsPermission() bool { return false }
