package probe

import (
	"context"
	"slices"

	"whyport/probe/evidence"
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
	var a evidence.Attempt
	for range 3 { // silence may be loss
		got, conn := h.line.Connect(ctx, socket.Request{Timeout: h.line.AnswerWait()}, h.ports[i].want.Port, h.ports[i].begun)
		if conn != nil {
			conn.Close()
			return
		}
		if a = got; a.Outcome != evidence.Silent {
			break
		}
	}
	if a.Outcome.Answered() && !a.Local || a.Outcome == evidence.Silent {
		h.learn(func(f *evidence.Host) { f.Limited = &a })
	}
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
