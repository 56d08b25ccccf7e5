package usage

import (
	"os"
	"os/signal"
	"syscall"
)

// EndSignals are the signals that end a run in order. A hang-up is none where the caller has it ignored, as nohup does.
func EndSignals() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}
