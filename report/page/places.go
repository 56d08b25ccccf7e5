package page

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// Places is the progress of one check from many places. It is safe for several goroutines; nil does nothing.
type Places struct {
	ticker        *ticker
	all           int
	done, without atomic.Int32
}

// NewPlaces begins to show it after a second.
func NewPlaces(w io.Writer, all int) *Places {
	p := &Places{all: all}
	p.ticker = newTicker(w, p.now)
	return p
}

// Add counts a place that is done, with its result or without one.
func (p *Places) Add(result bool) {
	if p == nil {
		return
	}
	if p.done.Add(1); !result {
		p.without.Add(1)
	}
}

// Stop clears the line.
func (p *Places) Stop() {
	if p != nil {
		p.ticker.end()
	}
}

func (p *Places) now(elapsed time.Duration) string {
	if elapsed < progressDelay {
		return ""
	}
	s := fmt.Sprintf("Testing: %d of %d places done", p.done.Load(), p.all)
	if n := p.without.Load(); n > 0 {
		s += fmt.Sprintf(", %d without a result", n)
	}
	return s
}
