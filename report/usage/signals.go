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

// Second keeps the signals that end a run, from before there is anything to undo.
type Second struct {
	signals chan os.Signal
	seen    int // before they were kept
}

// AwaitSecond begins to keep them; from here on until the end of Undo's watch none of them ends the process unseen. ctx ends with
// the first.
func AwaitSecond(ctx context.Context) *Second {
	s := &Second{signals: make(chan os.Signal, 4)} // the two that count, and what a key that repeats sends
	if ctx.Err() != nil {
		s.seen = 1
	}
	signal.Notify(s.signals, EndSignals()...)
	return s
}

// Stop ends it without a watch.
func (w *Second) Stop() { signal.Stop(w.signals) }

// Undo runs undo before the second of them ends the process at once. The function that it returns ends
// the watch, and does not return where the process is about to end.
func (w *Second) Undo(undo func()) (stop func()) {
	signals, seen, over, ended := w.signals, w.seen, make(chan struct{}), make(chan struct{})
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
