package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"whyport/probe"
	"whyport/probe/verdict"
)

// When progress is shown: not for work that is done at once, and not oftener than people read.
const (
	progressDelay    = time.Second
	progressInterval = 200 * time.Millisecond
	echoed           = len("^C") // that a terminal writes behind the line when it is pressed
)

// Progress is one line on a terminal that says how far a run is. It is safe for several goroutines.
type Progress struct {
	w     io.Writer
	total int
	least time.Duration
	began time.Time
	stop  chan struct{}
	done  sync.WaitGroup

	mu     sync.Mutex
	count  int // results
	early  int // ports told of by Done
	open   int
	drawn  int // columns of the line on the screen
	closed bool
}

// NewProgress begins to show progress after a second. Total is the number of results to come, 0 where
// it is not known, and least the time that the run takes at least, 0 if that is not known either. Where w is no
// terminal the caller makes none: a nil Progress does nothing.
func NewProgress(w io.Writer, total int, least time.Duration) *Progress {
	p := &Progress{w: w, total: total, least: least, began: time.Now(), stop: make(chan struct{})}
	p.done.Go(p.show)
	return p
}

// Add counts a result.
func (p *Progress) Add(r probe.Result) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	if r.Verdict.State == verdict.Open {
		p.open++
	}
}

// Done counts ports that are settled before their results come, as probe.Options.Progress tells.
func (p *Progress) Done(n int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.early += n
}

// Stop clears the line; nothing is written after it.
func (p *Progress) Stop() {
	if p == nil {
		return
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	close(p.stop)
	p.mu.Unlock()
	p.done.Wait()
	if p.drawn > 0 {
		fmt.Fprint(p.w, "\r"+strings.Repeat(" ", p.drawn+echoed)+"\r")
	}
}

func (p *Progress) show() {
	delay := time.NewTimer(progressDelay)
	defer delay.Stop()
	select {
	case <-p.stop:
		return
	case <-delay.C:
	}
	tick := time.NewTicker(progressInterval)
	defer tick.Stop()
	for {
		p.draw()
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
	}
}

// draw writes the line over the last one; it stays under 80 columns.
func (p *Progress) draw() {
	p.mu.Lock()
	line := p.line(time.Since(p.began))
	p.mu.Unlock()
	fmt.Fprintf(p.w, "\r%-*s", p.drawn, line)
	p.drawn = max(p.drawn, len(line))
}

func (p *Progress) line(elapsed time.Duration) string {
	// Ports that Done told of bring a result later: they count once.
	done := max(p.count, p.early)
	if p.total > 0 {
		done = min(done, p.total)
	}
	if p.total <= 0 {
		return fmt.Sprintf("Testing: %d ports done, %d open", done, p.open)
	}
	s := fmt.Sprintf("Testing: %d of %d ports (%d%%), %d open", done, p.total, 100*done/p.total, p.open)
	// The rate says something once a tenth is done; ports that stay silent come last and slower.
	left := p.least - elapsed
	if done*10 >= p.total && done < p.total && elapsed >= 2*time.Second {
		left = max(left, time.Duration(float64(elapsed)/float64(done)*float64(p.total-done)))
	}
	if left >= time.Second {
		s += ", about " + left.Round(time.Second).String() + " left"
	}
	return s
}
