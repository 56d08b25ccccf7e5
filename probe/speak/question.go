package speak

import (
	"time"

	"whyport/probe/speak/protocol"
)

// questionWait is how long a server that has greeted may take to answer what it is asked beside.
const questionWait = 1500 * time.Millisecond

// asks puts p's question on c, and the older one on another connection; c is used up. Where neither was answered there is a
// fresh connection, or nil.
func (a *asker) asks(c *recorder, p *protocol.Protocol) (fresh *recorder, answered bool) {
	for _, ask := range []func(*protocol.Dialogue) protocol.Answer{p.Ask, p.Older} {
		if ask == nil || c == nil {
			continue
		}
		if a.question(c, c, p, ask) {
			_ = c.Close()
			return nil, true
		}
		c = a.again(c)
	}
	return c, false
}

// askGreeter asks a server that has greeted what it does beside; whoever does not answer has still greeted.
func (a *asker) askGreeter(c *recorder, p *protocol.Protocol, greeting []byte) {
	c.within(a.patience(questionWait, 0.5))
	if got := p.Ask(a.dialogue(c, greeting)); got.Spoken {
		a.s.Product = cut(got.Product, maxName)
	}
}
