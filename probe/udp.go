package probe

import (
	"context"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
	"whyport/probe/speak"
)

// udpTries is how many datagrams are sent before silence is believed; silence then still proves nothing.
const (
	udpTries = 3
	udpWait  = 500 * time.Millisecond
)

// askUDP sends the usual service's own question, or next to nothing where there is none: a service answers only what it
// understands.
func (h *host) askUDP(ctx context.Context, port uint16, epoch time.Time) ([]evidence.Attempt, *evidence.Speech) {
	question := speak.Datagram(port)
	var all []evidence.Attempt
	for try := range udpTries {
		left := h.run.options.Timeout - time.Since(epoch)
		if left <= 0 {
			break
		}
		if !h.run.slots.acquire(ctx) {
			return append(all, evidence.Attempt{Outcome: evidence.Interrupted}), nil
		}
		a, reply := socket.Exchange(ctx, socket.Request{To: h.endpoint(port), Timeout: min(left, max(udpWait, 3*h.rtt.get())), Epoch: epoch}, question.Payload(try))
		h.run.slots.release()
		all = append(all, a)
		if a.Outcome == evidence.Connected {
			h.rtt.add(a.Elapsed)
			said := question.Read(reply)
			said.Banner.After = a.Elapsed
			return all, said
		}
		if a.Outcome != evidence.Silent {
			break
		}
	}
	return all, nil
}
