package usage

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// diedOfInterrupt is how shells tell of a process that a Ctrl-C ended.
const diedOfInterrupt = 130

// OnSecondSignal runs undo before the second of the signals that end a run ends the process at once; ctx ends with the first. The
// function that it returns ends the watch, and does not return where the process is about to end.
func OnSecondSignal(ctx context.Context, undo func()) (stop func()) {
	signals, over, ended := make(chan os.Signal, 2), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, EndSignals()...)
	seen := 0
	if ctx.Err() != nil {
		seen = 1
	}
	go func() {
		for {
			select {
			case <-over:
				close(ended)
				return
			case s := <-signals:
				if seen++; seen < 2 {
					continue
				}
				undo()
				signal.Reset(s)
				if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(s) == nil {
					time.Sleep(time.Second) // it arrives
				}
				os.Exit(diedOfInterrupt)
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(over)
		<-ended
	}
}

// EndSignals are the signals that end a run in order. A hang-up is none where the caller has it ignored, as nohup does.
func EndSignals() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}
