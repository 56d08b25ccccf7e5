package speak

import (
	"errors"
	"syscall"
)

// isReset: 10054 and 10053 are not syscall.ECONNRESET there, which is a number Go made up.
func isReset(err error) bool {
	return errors.Is(err, syscall.WSAECONNRESET) || errors.Is(err, syscall.WSAECONNABORTED)
}
