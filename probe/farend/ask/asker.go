package ask

import (
	"context"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// asker asks at one address.
type asker struct {
	caller
	Options
	begun time.Time
	ports []*evidence.Port
	slots *line.Slots

	mu      sync.Mutex
	reaches []reach // on which the listener has answered
}

// reach is a way on which it answers; the least number is the best.
type reach struct {
	kind int
	port uint16
}

// The ways.
const (
	overTCP = iota
	overTLS
	overUDP
)

// atOnce bounds the conversations with one listener.
const atOnce = 8

func (a *asker) inTurn(ctx context.Context, f func()) {
	if !a.slots.Acquire(ctx) {
		return
	}
	defer a.slots.Release()
	f()
}

// proved notes a way on which the listener answered, and what it said of the connection.
func (a *asker) proved(p *evidence.Port, kind int, e *exchange) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reaches = append(a.reaches, reach{kind, p.Port})
	f := farOf(p)
	if f.Proven {
		return
	}
	f.Proven, f.Own, f.Source, f.To, f.Local, f.At = true, e.own, e.answer.Source, e.to, e.answer.Local, e.answer.At
}

// askMeeting tries the port that is no part of the run: nothing is said of it.
func (a *asker) askMeeting(ctx context.Context) {
	if a.plain(ctx, a.Meet, nil) == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reaches = append(a.reaches, reach{overTCP, a.Meet})
}

func farOf(p *evidence.Port) *evidence.FarEnd {
	if p.FarEnd == nil {
		p.FarEnd = &evidence.FarEnd{}
	}
	return p.FarEnd
}
