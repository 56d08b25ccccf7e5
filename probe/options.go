package probe

import (
	"context"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// extraTimes is how often a connection with an extra has to fail, and a plain one to work in between. The wait is shorter than
// the kernel's first repetition, which leaves extras away.
const (
	extraTimes = 5
	extraWait  = 900 * time.Millisecond
)

// tryExtras connects to an open port with one extra after another, where that is wanted: does plain pass, and these do not?
func (h *host) tryExtras(ctx context.Context, p *port) {
	if !h.options.Extras || p.want.Protocol != evidence.TCP || !p.seen.Open() || p.quick || p.seen.Proxied != nil {
		return
	}
	all := evidence.Extras()
	tried := make([]evidence.Tried, len(all))
	var wg sync.WaitGroup
	for i, e := range all {
		wg.Go(func() { tried[i] = evidence.Tried{Extra: e, Outcome: h.tryExtra(ctx, p, e)} })
	}
	wg.Wait()
	for _, t := range tried {
		if t.Outcome != evidence.NotRun {
			p.seen.Tried = append(p.seen.Tried, t)
		}
	}
}

// tryExtra is NotRun where plain connections failed, too, or those with the extra ended in different ways.
func (h *host) tryExtra(ctx context.Context, p *port, e evidence.Extra) (how evidence.Outcome) {
	for range extraTimes {
		switch a := h.connectWith(ctx, p, e); {
		case a.Local, a.Outcome == evidence.NoSocket:
			return evidence.NoSocket
		case a.Outcome == evidence.Connected:
			return a.Outcome
		case a.Outcome != evidence.Silent && a.Outcome != evidence.Refused && a.Outcome != evidence.Failed, how != "" && how != a.Outcome:
			return evidence.NotRun
		default:
			how = a.Outcome
		}
		if h.connectWith(ctx, p, "").Outcome != evidence.Connected {
			return evidence.NotRun
		}
	}
	return how
}

// connectWith makes a connection and drops it at once.
func (h *host) connectWith(ctx context.Context, p *port, e evidence.Extra) evidence.Attempt {
	r := socket.Request{Extra: e, Timeout: min(max(h.line.AnswerWait(), 2*h.line.RTT()+200*time.Millisecond), extraWait)}
	a, conn := h.line.Connect(ctx, r, p.want.Port, p.begun)
	if conn != nil {
		socket.Abort(conn)
	}
	return a
}
