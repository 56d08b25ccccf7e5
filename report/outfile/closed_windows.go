package outfile

import (
	"errors"

	"golang.org/x/sys/windows"
)

// closedPipe knows what WriteFile says of a pipe whose reader has gone.
func closedPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA)
}
