package speak

import (
	"context"

	"whyport/probe/speak/protocol"
)

// dialogue begins one on a connection whose greeting was heard, or is not to be expected.
func (a *asker) dialogue(c *recorder, greeting []byte) *protocol.Dialogue {
	d := protocol.NewDialogue(c)
	d.Greeting, d.Name, d.Port = greeting, a.ServerName, a.To.Port()
	return d
}

// ready opens another connection on which a ClientHello may be said: after the upgrade of a protocol, "" for none. nil:
// there is none.
func (a *asker) ready(ctx context.Context, upgrade string) *recorder {
	c, err := a.open(ctx)
	p := protocol.Named(upgrade)
	if err != nil || p == nil {
		return c
	}
	var greeting []byte
	if p.First == protocol.Server {
		greeting, _ = c.listen(a.patience(promisedWait, 0.4), a.heardOf)
	}
	c.within(a.patience(promisedWait, 0.5))
	if p.First == protocol.Server && len(greeting) == 0 || p.Upgrade(a.dialogue(c, greeting)).How != protocol.UpgradeReady {
		_ = c.Close()
		return nil
	}
	return c
}
