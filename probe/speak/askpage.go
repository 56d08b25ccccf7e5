package speak

import (
	"net/http"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// askPage asks for a page where HTTP is promised. Where that gets no word it finds out why: does the other side hang up
// whatever is said, does it speak TLS, does the host decide?
func (a *asker) askPage(c *recorder) {
	c.within(a.patience(requestWait, 0.5))
	answer := make(chan paged, 1)
	go func() { answer <- a.request(c, http.MethodGet, rootPath, a.hostOf(a.ServerName, false)) }()
	a.asked = true
	wait := time.NewTimer(a.patience(httpWait, 0.35))
	defer wait.Stop()
	var got paged
	early := true
	select {
	case got = <-answer:
	case <-wait.C:
		early = false
	}
	if early && (a.answered(got, c) && !a.malformed() || a.interrupted()) {
		return
	}
	cut := early && got.err != nil && !timedOut(got.err)
	if cut && a.hangsUp(c, got.err) {
		a.mute(evidence.MuteRequest, false, got.err, got.after)
		return
	}
	tried := a.tlsBeside()
	if !early {
		got = <-answer
	}
	if early && got.err == nil || a.interrupted() || !early && a.answered(got, c) || tried && a.s.TLS.Completed() {
		return // called malformed, or answered late, or TLS
	}
	a.mute(evidence.MuteRequest, false, got.err, got.after)
	if !cut && !timedOut(got.err) && a.hangsUp(c, got.err) {
		return
	}
	a.whichHost()
}

// answered keeps what came of a request and reports whether anything did.
func (a *asker) answered(got paged, c *recorder) bool {
	switch {
	case got.answer != nil:
		a.followed(got, c, a.hostOf(a.ServerName, false), a.plainAgain)
	case len(got.said) > 0:
		a.unrequested(got.said)
	}
	return got.err == nil
}

// malformed reports whether the request was called malformed, which servers do that want TLS, too.
func (a *asker) malformed() bool { return a.s.HTTP != nil && a.s.HTTP.Status == http.StatusBadRequest }

// tlsBeside says ClientHello on another connection and reports whether it could.
func (a *asker) tlsBeside() bool {
	if !a.tlsWanted() {
		return false
	}
	c, err := a.open(a.ctx)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	a.askTLS(c)
	return true
}

// whichHost asks again for the same host, for one that is nobody's and for none: if only the true one gets no
// answer, somebody looks at it.
func (a *asker) whichHost() {
	kinds := []struct{ said, host string }{
		{evidence.MuteRequest, a.ServerName}, {evidence.MuteNeutralHost, neutralName}, {evidence.MuteNoHost, ""},
	}
	if a.ServerName == "" {
		kinds = kinds[:1]
	}
	got := make([]*paged, len(kinds))
	var running sync.WaitGroup
	for i, k := range kinds {
		running.Go(func() { got[i] = a.requestBeside(a.ctx, a.hostOf(k.host, false)) })
	}
	running.Wait()
	for i, g := range got {
		switch {
		case g == nil:
		case g.err != nil:
			a.mute(kinds[i].said, false, g.err, g.after)
		case g.answer == nil:
			a.unrequested(g.said)
		case kinds[i].said == evidence.MuteRequest:
			a.headed(*g) // the first was an accident
		default:
			a.s.Hosts = append(a.s.Hosts, evidence.HostVariant{Kind: kinds[i].said, Status: g.answer.StatusCode})
		}
	}
}
