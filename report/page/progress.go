package page

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"whyport/probe"
	"whyport/probe/verdict"
)

// progressDelay is before progress is shown: not for work that is done at once, unless an open port is known already.
const progressDelay = time.Second

// Progress is one line on a terminal that says how far a run is. It is safe for several goroutines.
type Progress struct {
	ticker   *ticker
	expected Expected

	mu    sync.Mutex
	count int // results
	early int // ports told of by Done
	open  []uint16
}

// Expected is what is known of a run before it begins; 0 where it is not.
type Expected struct {
	Targets, Results int
	Least            time.Duration // that the run takes
}

// NewProgress begins to show progress after a second, of one target as soon as a port is open. Where w is no terminal
// the caller makes none: a nil Progress does nothing.
func NewProgress(w io.Writer, e Expected) *Progress {
	p := &Progress{expected: e}
	p.ticker = newTicker(w, p.now)
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
		p.open = append(p.open, r.Port.Port)
	}
}

// Done counts ports that are settled before their results come, as probe.Hooks tells.
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
	if p != nil {
		p.ticker.end()
	}
}

// now is the line after a time; "" where it is too early for one.
func (p *Progress) now(elapsed time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if elapsed < progressDelay && !p.listsOpen() {
		return ""
	}
	return p.line(elapsed)
}

func (p *Progress) line(elapsed time.Duration) string {
	// Ports that Done told of bring a result later: they count once.
	done, total := max(p.count, p.early), p.expected.Results
	if total <= 0 {
		return fmt.Sprintf("Testing: %d ports done, %s", done, p.openPorts()) + about(p.expected.Least-elapsed)
	}
	done = min(done, total)
	s := fmt.Sprintf("Testing: %d of %d ports (%d%%), %s", done, total, 100*done/total, p.openPorts())
	// The rate says something once a tenth is done; ports that stay silent come last and slower.
	left := p.expected.Least - elapsed
	if done*10 >= total && done < total && elapsed >= 2*time.Second {
		left = max(left, time.Duration(float64(elapsed)/float64(done)*float64(total-done)))
	}
	return s + about(left)
}

func about(left time.Duration) string {
	if left < time.Second {
		return ""
	}
	return ", about " + left.Round(time.Second).String() + " left"
}

// listsOpen reports whether there are open ports to be named: those of several targets are only counted.
func (p *Progress) listsOpen() bool { return p.expected.Targets == 1 && len(p.open) > 0 }

// openPorts names the first open ports of one target: people wait for one that works.
func (p *Progress) openPorts() string {
	if !p.listsOpen() {
		return fmt.Sprintf("%d open", len(p.open))
	}
	var names []string
	for _, port := range p.open {
		if name := fmt.Sprint(port); !slices.Contains(names, name) { // at another address
			names = append(names, name)
		}
		if len(names) > 3 {
			return fmt.Sprintf("open: %s and more", strings.Join(names[:3], ", "))
		}
	}
	return "open: " + strings.Join(names, ", ")
}
