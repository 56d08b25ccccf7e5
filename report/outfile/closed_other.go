//go:build !windows

package outfile

func closedPipe(error) bool { return false }
