package probe

import "sync"

// looks are close looks waiting their turn; the sweep's threads add to them without waiting.
type looks struct {
	mu      sync.Mutex
	waiting []func()
	running int
	active  sync.WaitGroup
}

func (q *looks) add(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, f)
	if q.running < lookers {
		q.running++
		q.active.Go(q.work)
	}
}

func (q *looks) work() {
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
	}
}

// idle reports whether a look that is added now is made at once.
func (q *looks) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.running < lookers
}

// wait returns when all looks have been made; nothing may be added any more.
func (q *looks) wait() { q.active.Wait() }
