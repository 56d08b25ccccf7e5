//go:build !windows

package usage

// ownWindow: elsewhere a program that is clicked gets no terminal, or one that stays.
func ownWindow() bool { return false }
