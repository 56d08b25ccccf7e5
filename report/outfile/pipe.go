package outfile

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

const (
	pipePoll = 50 * time.Millisecond
	pipeLast = 2 * time.Second // for a reader to take what is left, once the run was to end
)

// openPipe opens a named pipe for writing. A plain open(2) waits in the kernel for a reader, where no signal is heeded; this one
// fails with ENXIO as long as there is none (fifo(7)).
func openPipe(ctx context.Context, name, place string) (*File, error) {
	for {
		pipe, err := os.OpenFile(place, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = pipe.SetWriteDeadline(time.Now().Add(pipeLast)) })
			return &File{File: pipe, close: true}, nil
		}
		if !errors.Is(err, syscall.ENXIO) {
			return nil, reason(name, err)
		}
		select {
		case <-ctx.Done():
			return nil, ErrNoReader
		case <-time.After(pipePoll):
		}
	}
}

// ErrNoReader is the end of a wait for somebody who reads a named pipe.
var ErrNoReader = errors.New("interrupted while nobody read the named pipe of -o; nothing was tested")
