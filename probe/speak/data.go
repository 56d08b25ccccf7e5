package speak

import (
	"context"
	"io"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// data finds out whether a protocol's data connections get through, where it has such: one connection to the port that
// the server names, at the address that is tested and at no other, whatever the server says. Nothing is transferred.
func (a *asker) data(p *protocol.Protocol, conn io.ReadWriter, c *recorder) {
	if p.Data == nil {
		return
	}
	c.within(a.patience(2*time.Second, 0.4))
	d := protocol.NewDialogue(conn)
	out, err := p.Data(d, a.To.Addr())
	out.Passive = "not-tested"
	a.s.FTP = &out
	switch {
	case err != nil && timedOut(err):
		out.Why = "no-answer"
	case err != nil:
		out.Why = "closed"
	}
	if out.Why != "" {
		return
	}
	c.within(a.patience(3*time.Second, 0.9))
	out.Passive, out.Why = a.dataConnection(out.Port)
	_ = d.Say("QUIT\r\n")
}

// dataConnection connects to the data port and hangs up. It says how that ended, and why it was not tried.
func (a *asker) dataConnection(port uint16) (passive, why string) {
	select {
	case <-a.budget:
	default:
		return "not-tested", "interrupted"
	}
	if a.DialData == nil {
		return "not-tested", "interrupted"
	}
	ctx, cancel := context.WithTimeout(a.ctx, a.patience(3*time.Second, 0.8))
	defer cancel()
	outcome := a.DialData(ctx, port)
	switch {
	case outcome == evidence.NotRun:
		return "not-tested", "excluded"
	case outcome == evidence.Connected:
		return "ok", ""
	case a.interrupted():
		return "not-tested", "interrupted"
	case outcome == evidence.Refused:
		return "refused", ""
	case outcome == evidence.Silent || ctx.Err() != nil:
		return "no-response", ""
	}
	return "failed", ""
}
