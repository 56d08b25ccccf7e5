package here

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// PortalVerdict is what a page that shows whether a network wants a login said; the zero value: it was not asked.
type PortalVerdict string

// What came of the page.
const (
	NoPortal   PortalVerdict = "none"        // the page's own answer came
	IsPortal   PortalVerdict = "portal"      // a login page of the network came in its place
	OtherPage  PortalVerdict = "other-page"  // a page came that is not known: which one belongs there nobody has told
	NoPage     PortalVerdict = "unreachable" // nothing came
	portalWait               = 5 * time.Second
)

// Portal is what came of asking a page.
type Portal struct {
	URL     string
	Verdict PortalVerdict
	Status  int
	Leads   string        // where a redirection leads
	Error   string        // why nothing came
	Clock   time.Duration // this computer's time less the server's, to a second; known where Dated
	Dated   bool
	Elapsed time.Duration
}

// networkAuthentication is the status that says it outright (RFC 6585, 6).
const networkAuthentication = http.StatusNetworkAuthenticationRequired

// own are what the pages of this kind say where nothing is in the way: Microsoft's, Apple's, Mozilla's, GNOME's, Debian's.
var own = [][]byte{[]byte("Microsoft Connect Test"), []byte("Microsoft NCSI"), []byte("<TITLE>Success</TITLE>"), []byte("success\n"),
	[]byte("NetworkManager is online")}

// askPortal fetches a page once, follows nothing and uses no proxy. A page that is known to be empty (204) or to say a certain
// word is there or not; of others only a redirection to another host, or the status for it, is a portal's.
func askPortal(ctx context.Context, page string) Portal {
	p := Portal{URL: page}
	begun := time.Now()
	defer func() { p.Elapsed = time.Since(begun) }()
	ctx, cancel := context.WithTimeout(ctx, portalWait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		p.Verdict, p.Error = NoPage, "the URL can't be read"
		return p
	}
	transport := &http.Transport{DisableKeepAlives: true}
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		if wrapped, is := errors.AsType[*url.Error](err); is {
			err = wrapped.Err
		}
		p.Verdict, p.Error = NoPage, err.Error()
		return p
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	p.Status, p.Verdict = answer.StatusCode, OtherPage
	if to, err := answer.Location(); err == nil && answer.StatusCode/100 == 3 {
		p.Leads = (&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}).String()
		if to.Hostname() != r.URL.Hostname() {
			p.Verdict = IsPortal
		}
	}
	switch {
	case p.Status == networkAuthentication:
		p.Verdict = IsPortal
	case p.Status == http.StatusNoContent, p.Status == http.StatusOK && known(body):
		p.Verdict = NoPortal
	}
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil && p.Verdict == NoPortal { // a portal's clock is nobody's measure
		p.Dated, p.Clock = true, time.Since(at).Truncate(time.Second)
	}
	return p
}

func known(body []byte) bool {
	for _, b := range own {
		if bytes.Contains(body, b) && len(body) < 1<<10 {
			return true
		}
	}
	return false
}
