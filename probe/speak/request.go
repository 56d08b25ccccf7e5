package speak

import (
	"context"
	"net"
	"net/http"
	"time"

	"whyport/probe/evidence"
)

// requestBeside is one request on a connection of its own; nil where there is none to be had.
func (a *asker) requestBeside(ctx context.Context, host string) *paged {
	c, err := a.open(ctx)
	if err != nil {
		return nil
	}
	defer func() { _ = c.Close() }()
	c.within(a.patience(trialWait, 0.6))
	got := a.request(c, http.MethodGet, rootPath, host) // small servers know nothing else
	return &got
}

// askHTTP says HEAD on a plaintext connection. What is not HTTP may show itself by its answer.
func (a *asker) askHTTP(c *recorder) {
	c.within(a.patience(1500*time.Millisecond, 0.5))
	got := a.page(c, a.plainAgain)
	switch {
	case len(got.said) > 0:
		a.unrequested(got.said)
	case got.err != nil && !a.s.SignOfLife(): // what was answered before stands: this may be one caller too many
		a.mute(evidence.MuteRequest, false, got.err, got.after)
	}
}

// headBeside is a request on a connection of its own, to a port that promises nothing: HTTP/1.0's, which is a line that
// others complain about without taking it for an attack (Redis: "Host:"). What is HTTP is asked again in full. It reports
// whether anything was recognised.
func (a *asker) headBeside() bool {
	if a.asked {
		return false
	}
	a.asked = true
	c, err := a.open(a.ctx)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	if a.usual.Pages {
		a.askHTTP(c)
		return a.s.Identified != ""
	}
	c.within(a.patience(1500*time.Millisecond, 0.5))
	got := a.request(c, http.MethodHead, rootPath, "")
	switch {
	case got.answer != nil:
		a.headed(got)
		if again := a.plainAgain(); again != nil {
			defer func() { _ = again.Close() }()
			a.page(again, a.plainAgain)
		}
	case len(got.said) > 0:
		a.unrequested(got.said)
	}
	return a.s.Identified != ""
}

// plainAgain is another connection; nil where there is none to be had.
func (a *asker) plainAgain() net.Conn {
	c, err := a.open(a.ctx)
	if err != nil {
		return nil
	}
	c.within(a.patience(2*time.Second, 0.5))
	return c
}
