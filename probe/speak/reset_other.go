//go:build !windows

package speak

import (
	"errors"
	"syscall"
)

// isReset: EPIPE is what a write gets after a RST that was not read yet.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}
