package speak

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// neutralName is no real server's (RFC 2606); it only ever stands in a ClientHello to the target.
const neutralName = "www.example.com"

// trial is one of the connections that tell why a ClientHello got no answer.
type trial struct {
	kind  string
	hello hello
}

// trials differ from the first handshake in one thing each. "small-hello" carries the true name, so it
// is also the repetition that tells a filter from an accident; without a name "no-name" is the repetition.
func (a *asker) trials() []trial {
	small := trial{"small-hello", hello{name: a.ServerName, small: true, noALPN: a.noWeb()}}
	none := trial{"no-name", hello{noALPN: a.noWeb()}}
	if a.ServerName == "" {
		return []trial{small, none}
	}
	return []trial{small, none, {"neutral-name", hello{name: neutralName, noALPN: a.noWeb()}}}
}

// noWeb reports whether the port's usual service inside TLS is none of the web: some of those refuse the web's protocols
// when they are offered (ALPN; Exim), and log it.
func (a *asker) noWeb() bool { return a.usual.TLS && a.usual.Usual != "" && !a.usual.Pages }

// smallPackets is the first handshake again with nothing else changed than the size of the packets: if that helps, the
// way loses large ones (a path MTU black hole).
func (a *asker) smallPackets() trial {
	return trial{"small-packets", hello{name: a.ServerName, packets: true, noALPN: a.noWeb()}}
}

// patientHandshake says ClientHello and, where the answer is a reset, an end or silence, asks in other
// ways at the same time while it goes on waiting. nil: interrupted.
func (a *asker) patientHandshake(c *recorder) *handshaken {
	if a.asked { // HTTP is what was promised: one try is enough
		c.within(a.patience(trialWait, 0.6))
		if h := handshake(c, hello{name: a.ServerName}); !a.interrupted() {
			return h
		}
		return nil
	}
	floor := helloWait
	if a.s.Asked == askedTLS {
		floor = askedWait
	}
	c.within(time.Until(a.end))
	answer, done := make(chan *handshaken, 1), make(chan *handshaken, 1)
	early := time.AfterFunc(a.patience(floor, 0.35), func() { answer <- a.whyQuiet(c, nil, done) })
	first := handshake(c, hello{name: a.ServerName, noALPN: a.noWeb()})
	switch {
	case !early.Stop():
		done <- first
		return <-answer
	case a.interrupted():
		return nil
	case !quiet(first.tls.State):
		return first
	}
	return a.whyQuiet(c, first, done)
}

// quiet reports whether a handshake ended without a word of the other side.
func quiet(s evidence.TLSState) bool {
	return s == evidence.TLSReset || s == evidence.TLSEOF || s == evidence.TLSNoResponse
}

// whyQuiet runs the trials and a HEAD side by side. first is nil while its handshake is still waiting;
// a late answer of it is taken before anything else.
func (a *asker) whyQuiet(c *recorder, first *handshaken, done chan *handshaken) *handshaken {
	if first != nil && first.tls.State != evidence.TLSNoResponse && a.explainedWithoutTLS(c, first) {
		return first
	}
	trials, wait := a.trials(), a.patience(trialWait, 0.6)
	if a.s.Asked == askedTLS {
		wait = a.patience(askedTrial, 0.6)
	}
	if first == nil && a.s.Asked != askedTLS {
		trials = trials[:1] // silence on a port that promised nothing: look less hard
	} else if a.DialSmall != nil && (first == nil || first.tls.State == evidence.TLSNoResponse) {
		trials = append(trials, a.smallPackets())
	}
	got := make([]*handshaken, len(trials))
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	var running sync.WaitGroup
	for i, t := range trials {
		running.Go(func() { got[i] = a.variant(ctx, t.hello, wait) })
	}
	running.Go(func() {
		if a.headBeside() && a.s.Asked != askedTLS {
			cancel() // another protocol: that explains the silence
		}
	})
	finished, early := make(chan struct{}), first == nil
	go func() { running.Wait(); close(finished) }()
	if early {
		select {
		case first = <-done:
		case <-finished:
			if _, n, _ := c.heard(); n == 0 {
				c.within(50 * time.Millisecond) // had all that time: enough
			} else {
				c.within(a.patience(trialWait, 0.6)) // began to answer, slowly
			}
			first = <-done
		}
	}
	<-finished
	if a.interrupted() {
		return nil
	}
	if !quiet(first.tls.State) {
		return first
	}
	if early && first.tls.State != evidence.TLSNoResponse && !slices.ContainsFunc(got, answered) && a.hangsUp(c, first.err) {
		return first // it took its time
	}
	a.confirm(ctx, first, &trials, &got, wait)
	return explained(first, trials, got)
}

// answered reports whether a further handshake was met with a word.
func answered(h *handshaken) bool { return h != nil && !quiet(h.tls.State) }

// explainedWithoutTLS reports whether a ClientHello was cut off for a reason that has nothing to do with it: the other side
// hangs up whatever is said, greets, or speaks HTTP.
func (a *asker) explainedWithoutTLS(c *recorder, first *handshaken) bool {
	if a.hangsUp(c, first.err) {
		return true
	}
	if a.hung {
		return true // so was the usual protocol's own question
	}
	return a.s.Asked != askedTLS && a.headBeside()
}

// confirm repeats the first ClientHello where only a small one was tried beside it, and worked: one
// silence may be an accident.
func (a *asker) confirm(ctx context.Context, first *handshaken, trials *[]trial, got *[]*handshaken, wait time.Duration) {
	if len(*got) == 1 && (*got)[0] != nil && (*got)[0].tls.State == evidence.TLSOK {
		again := trial{"repetition", hello{name: first.tls.ServerName, noALPN: a.noWeb()}}
		*trials, *got = append(*trials, again), append(*got, a.variant(ctx, again.hello, wait))
	}
}

// whyQuietUpgrade says ClientHello again, small and large, where one after an upgrade got no word back.
func (a *asker) whyQuietUpgrade(first *handshaken) *handshaken {
	trials := []trial{
		{"small-hello", hello{name: first.tls.ServerName, small: true, startTLS: first.tls.StartTLS}},
		{"repetition", hello{name: first.tls.ServerName, startTLS: first.tls.StartTLS}},
	}
	got := make([]*handshaken, len(trials))
	var running sync.WaitGroup
	for i, t := range trials {
		running.Go(func() { got[i] = a.variant(a.ctx, t.hello, a.patience(trialWait, 0.6)) })
	}
	running.Wait()
	return explained(first, trials, got)
}

// explained is what the trials say of a quiet first handshake: it keeps its state and gets the
// variants, or gives way to a repetition that worked although nothing distinguishes it.
func explained(first *handshaken, trials []trial, got []*handshaken) *handshaken {
	var variants []evidence.TLSVariant
	var small, big *handshaken // that completed
	packets := false           // small ones helped
	bigs := 0                  // that were tried
	for i, h := range got {
		if h == nil {
			continue
		}
		variants = append(variants, variantOf(trials[i].kind, h))
		if trials[i].hello.packets {
			packets = h.tls.State == evidence.TLSOK
			continue
		}
		if !trials[i].hello.small {
			bigs++
		}
		switch {
		case h.tls.State != evidence.TLSOK:
		case trials[i].kind == "small-hello":
			small = h
		default:
			big = h
		}
	}
	repeated := small // the true name, once more
	if first.tls.ServerName == "" || slices.ContainsFunc(trials, func(t trial) bool { return t.kind == "repetition" }) {
		repeated = big
	}
	switch {
	case packets && big == nil && bigs > 0:
		first.tls.Notes = note(first.tls.Notes, evidence.NoteLargePacketsLost)
	case small != nil && big == nil && bigs > 0:
		first.tls.Notes = note(first.tls.Notes, evidence.NoteBigHelloDropped)
	case small != nil && repeated != nil:
		v := evidence.TLSVariant{Kind: "first", State: first.tls.State, After: first.tls.Handshake}
		repeated.tls.Variants = append([]evidence.TLSVariant{v}, variants...)
		repeated.tls.Notes = note(repeated.tls.Notes, evidence.NoteUnsteady)
		return repeated
	}
	first.tls.Variants = variants
	return first
}

// variant is one further handshake on a connection of its own; nil where there was none to be had.
func (a *asker) variant(ctx context.Context, h hello, wait time.Duration) *handshaken {
	var c *recorder
	if h.packets {
		c, _ = a.openBy(ctx, a.DialSmall)
	} else {
		c = a.ready(ctx, h.startTLS)
	}
	if c == nil {
		return nil
	}
	defer func() { _ = c.Close() }()
	c.within(wait)
	out := handshake(c, h)
	if out.err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	return out
}

// variantOf is a further handshake as evidence.
func variantOf(kind string, h *handshaken) evidence.TLSVariant {
	v := evidence.TLSVariant{Kind: kind, State: h.tls.State, After: h.tls.Handshake, Alert: h.tls.Alert}
	if h.tls.Completed() && len(h.chain) > 0 {
		v.Certificate = describe(h.chain[0])
	}
	return v
}
