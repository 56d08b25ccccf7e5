package probe

import (
	"context"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/socket"
	"whyport/probe/verdict"
)

// askAgain connects once more to a port that has spoken, before others of a small run are believed refused or silent: the
// run's own connections may have met a limit. Services that count visits are never asked; large runs have a way of their
// own (shutout.go). It is done once.
func (h *host) askAgain(ctx context.Context, others []*port) {
	if h.scout != nil || h.askedAgain || !slices.ContainsFunc(others, notOpen) {
		return
	}
	i := slices.IndexFunc(h.ports, func(p *port) bool { return p.isSettled() && !p.quick && verdict.MayAskAgain(&p.seen) })
	if i < 0 {
		return
	}
	h.askedAgain = true
	known := h.ports[i]
	refusal := h.connectAgain(ctx, known)
	if refusal == nil {
		return
	}
	// A limit would hold; a server that takes one caller at a time has time to let go of the last one.
	if !line.Pause(ctx, oneCallerWait) {
		return
	}
	each(slices.DeleteFunc(slices.Clone(others), func(p *port) bool { return !notOpen(p) }), func(p *port) { h.retest(ctx, p) })
	if refusal = h.connectAgain(ctx, known); refusal != nil {
		h.learn(func(f *evidence.Host) { f.Limited = refusal })
	}
}

// oneCallerWait is how long a server that takes one caller at a time may need to let go of one.
const oneCallerWait = 2 * time.Second

// connectAgain is what became of one connection more; nil where it was accepted, or says nothing.
func (h *host) connectAgain(ctx context.Context, p *port) *evidence.Attempt {
	var a evidence.Attempt
	for range 3 { // silence may be loss
		got, conn := h.line.Connect(ctx, socket.Request{Timeout: h.line.AnswerWait()}, p.want.Port, p.begun)
		if conn != nil {
			conn.Close()
			return nil
		}
		if a = got; a.Outcome != evidence.Silent {
			break
		}
	}
	if a.Outcome.Answered() && !a.Local || a.Outcome == evidence.Silent {
		return &a
	}
	return nil
}

// notOpen reports a port that a limit can explain.
func notOpen(p *port) bool {
	return p.want.Protocol == evidence.TCP && !p.seen.Open() && p.seen.Best() != nil && !p.seen.Best().Local
}

// limited are the ports that a limit explains; the others have to be looked at.
func (h *host) limited(ports []*port) (explained, others []*port) {
	facts := h.snapshot()
	for _, p := range ports {
		if facts.Limited != nil && verdict.Limited(&p.seen, facts) {
			explained = append(explained, p)
		} else {
			others = append(others, p)
		}
	}
	return explained, others
}
