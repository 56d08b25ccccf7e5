package socket

import (
	"errors"
	"syscall"

	"whyport/probe/evidence"
)

// Ended says how an established connection ended by the system's error: evidence.EndReset, evidence.EndSilent where TCP had
// repeated itself in vain, "" for everything else.
func Ended(err error) string {
	errno, is := errors.AsType[syscall.Errno](err)
	if !is {
		return ""
	}
	switch errnoName(errno) {
	case "ECONNRESET", "EPIPE", "ECONNABORTED":
		return evidence.EndReset
	case "ETIMEDOUT", "ENETRESET": // the latter is Windows' word for a keepalive without an answer
		return evidence.EndSilent
	}
	return ""
}
