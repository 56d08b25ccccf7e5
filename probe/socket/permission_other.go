//go:build !darwin

package socket

// NeedsPermission is about macOS; these systems ask nobody.
func NeedsPermission() bool { return false }
