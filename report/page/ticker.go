package page

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

const (
	progressInterval = 200 * time.Millisecond // not oftener than people read
	echoed           = len("^C")              // that a terminal writes behind the line when it is pressed
)

// ticker draws a line of a terminal again and again.
type ticker struct {
	w     io.Writer
	say   func(elapsed time.Duration) string // the line, under 80 columns; "" for none yet
	began time.Time
	stop  chan struct{}
	once  sync.Once
	done  sync.WaitGroup
	drawn int // columns of the line on the screen
}

func newTicker(w io.Writer, say func(time.Duration) string) *ticker {
	t := &ticker{w: w, say: say, began: time.Now(), stop: make(chan struct{})}
	t.done.Go(t.show)
	return t
}

// end clears the line; nothing is written after it.
func (t *ticker) end() {
	t.once.Do(func() {
		close(t.stop)
		t.done.Wait()
		if t.drawn > 0 {
			fmt.Fprint(t.w, "\r"+strings.Repeat(" ", t.drawn+echoed)+"\r")
		}
	})
}

func (t *ticker) show() {
	tick := time.NewTicker(progressInterval)
	defer tick.Stop()
	for {
		select {
		case <-t.stop:
			return
		case <-tick.C:
			if line := t.say(time.Since(t.began)); line != "" {
				fmt.Fprintf(t.w, "\r%-*s", t.drawn, line)
				t.drawn = max(t.drawn, len(line))
			}
		}
	}
}
