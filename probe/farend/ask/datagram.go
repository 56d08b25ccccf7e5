package ask

import (
	"bytes"
	"context"
	"net/netip"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/socket"
)

// Of datagrams: how often one is sent, and its size, which no answer exceeds and every path carries (RFC 8200, 5: 1280 bytes).
const (
	datagramTries = 3
	datagramSize  = 1200
)

// datagram sends a question until it is answered; nil: it is not.
func (c *caller) datagram(ctx context.Context, port uint16, ask func(*farend.Question)) *exchange {
	for range datagramTries {
		q := &farend.Question{Nonce: farend.Nonce(), Run: c.run, To: netip.AddrPortFrom(c.line.Addr, port)}
		if ask != nil {
			ask(q)
		}
		r := socket.Request{To: q.To, Timeout: max(500*time.Millisecond, c.line.DatagramWait())}
		attempt, reply := c.network.Exchange(ctx, r, c.token.Question(q, datagramSize))
		if ctx.Err() != nil || attempt.Outcome == evidence.Failed || attempt.Outcome == evidence.Refused {
			return nil
		}
		if answer, err := c.token.ReadAnswer(bytes.NewReader(reply), q.Nonce); err == nil {
			return &exchange{own: attempt.Source, to: q.To, answer: answer, attempt: attempt}
		}
	}
	return nil
}
