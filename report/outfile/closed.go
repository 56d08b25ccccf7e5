package outfile

import (
	"errors"
	"os"
	"syscall"
)

// Closed reports that err is a write that nobody reads any more: the other end of the pipe is gone.
func Closed(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) || closedPipe(err)
}
