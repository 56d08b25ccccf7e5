package probe

import "sync"

// queue holds close looks waiting their turn; the sweep's threads add to them without waiting.
type queue struct {
	mu      sync.Mutex
	waiting []func()
	running int // goroutines
	left    int // looks that have not ended
	active  sync.WaitGroup
}

func (q *queue) add(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, f)
	q.left++
	if q.running < lookers {
		q.running++
		q.active.Go(q.work)
	}
}

func (q *queue) work() {
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.running--
			q.mu.Unlock()
			return
		}
		f := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		f()
		q.mu.Lock()
		q.left--
		q.mu.Unlock()
	}
}

// mostHeld is how many looks may wait with a connection that the sweep made.
const mostHeld = 256

// short reports whether a look that is added now is made soon.
func (q *queue) short() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.left < lookers+mostHeld
}

// wait returns when all looks have been made; nothing may be added any more.
func (q *queue) wait() { q.active.Wait() }
