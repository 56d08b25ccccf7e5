package probe

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/socket"
	"whyport/probe/sweep"
)

// endpoint is a member of a survey.
type endpoint struct{ survey, member int32 }

// sweepConcurrency is how many sockets a sweep may grow to unless --concurrency says otherwise: the window begins
// small and grows only while nothing is lost.
const sweepConcurrency = 16_384

// sweep asks the endpoints in order, one sweep at a time: each may use all that is allowed. Those that are worth it are
// looked at closely, by q, while it goes on. rate is in SYNs a second, as is what it returns: how slow it had to become;
// 0 is no limit.
func (r *runner) sweep(ctx context.Context, all []*survey, order []endpoint, q *queue, progress func(int), rate int) (pace int) {
	r.sweeping.Acquire(context.WithoutCancel(ctx)) // an interrupted sweep notes that it was
	defer r.sweeping.Release()
	if len(order) == 0 {
		return 0
	}
	var patience time.Duration
	if all[0].few {
		patience = min(line.NeighborTimeout, r.options.Timeout)
	}
	endpoint := func(i int) netip.AddrPort {
		u := all[order[i].survey]
		return u.h.line.Endpoint(u.candidate(int(order[i].member)).Port)
	}
	job := &sweep.Job{
		Network: r.options.Network, Count: len(order), Hosts: len(all), Limit: sweep.Sockets(r.sweepLimit),
		Rate: rate, Longest: r.options.Timeout,
		Endpoint: endpoint, Accepted: func(i int) { r.tally.Add(endpoint(i)) },
		Host:     func(i int) int { return int(order[i].survey) },
		Known:    func(host int) time.Duration { return all[host].h.line.RTT() },
		Progress: progress,
		Patience: patience,
		Found: func(i int, seen evidence.Swept, e socket.End) {
			all[order[i].survey].found(ctx, int(order[i].member), seen, e, q)
		},
	}
	for i, seen := range job.Run(ctx) {
		all[order[i].survey].note(int(order[i].member), seen)
	}
	oneServer := !slices.ContainsFunc(all, func(u *survey) bool { return u.target != all[0].target })
	for _, u := range all {
		u.doubtful = u.doubtful || job.GaveUp() && u.count(evidence.Swept.Answered) > 0
		if job.Limited() && oneServer { // or nobody knows whose it is
			u.h.learn(func(f *evidence.Host) { f.SYNLimit = job.Pace() })
		}
	}
	return job.Pace()
}

// found takes what the sweep found of a member and has it looked at if that is worth it.
func (u *survey) found(ctx context.Context, m int, seen evidence.Swept, e socket.End, q *queue) {
	u.meet(seen, e)
	p := u.chosen(m, seen.Outcome)
	if p == nil || !q.short() { // connections are not kept waiting for long
		e.Drop()
	}
	if p != nil {
		q.add(func() { u.look(ctx, p, seen, e) })
	}
}

// visits is the order in which endpoints are asked: ports that servers often have first, since an answer, of
// whatever kind, tells how long the others have to be waited for; then host by host for each port, so that no host
// gets all SYNs at once.
func visits(all []*survey) (order []endpoint) {
	n, longest := 0, 0
	for _, u := range all {
		n, longest = n+len(u.members), max(longest, len(u.members))
	}
	order = make([]endpoint, 0, n)
	for _, usual := range []bool{true, false} {
		for m := range longest {
			for i, u := range all {
				if m < len(u.members) && slices.Contains(usualPorts, u.candidate(m).Port) == usual {
					order = append(order, endpoint{int32(i), int32(m)})
				}
			}
		}
	}
	return order
}

var usualPorts = []uint16{22, 80, 443, 25, 53, 135, 139, 445, 587, 993, 3389, 5985, 8080, 8443}
