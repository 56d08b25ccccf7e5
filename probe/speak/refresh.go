package speak

import (
	"cmp"
	"html"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"whyport/probe/evidence"
)

// Sign-in pages of networks mostly redirect (302); others answer 200 with a page that sends browsers on by itself, which
// needs no script: <meta http-equiv=refresh> (HTML, 4.2.5.3) or the header field Refresh.

var (
	metaTags   = regexp.MustCompile(`(?is)<meta\s[^>]*>`)
	isRefresh  = regexp.MustCompile(`(?is)http-equiv\s*=\s*["']?\s*refresh\b`)
	hasContent = regexp.MustCompile(`(?is)content\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)`)
	refreshURL = regexp.MustCompile(`(?is)^\s*[\d.]*\s*[;,]?\s*(?:url\s*=)?\s*(.*)$`)
)

// refreshOf is where a page sends browsers by itself; "" where it does not. body may be nil.
func refreshOf(h http.Header, body []byte) string {
	if to := refreshTo(h.Get("Refresh")); to != "" {
		return to
	}
	for _, tag := range metaTags.FindAll(body, 20) {
		if !isRefresh.Match(tag) {
			continue
		}
		if m := hasContent.FindSubmatch(tag); m != nil {
			return refreshTo(html.UnescapeString(strings.Trim(string(m[1]), `"'`)))
		}
	}
	return ""
}

// refreshTo is the address in "0; url=http://...".
func refreshTo(content string) string {
	m := refreshURL.FindStringSubmatch(content)
	if m == nil {
		return ""
	}
	return cut(strings.Trim(strings.TrimSpace(m[1]), `"'`), maxHeader)
}

// wispr begins what sign-in pages write for programs that sign in by themselves (Wi-Fi Alliance, WISPr 1.0, appendix D).
const wispr = "<wispaccessgatewayparam"

// body takes from a page what tells who made it. What products write into theirs counts only in answers that devices give.
func (a *asker) body(answer *http.Response, conn net.Conn) []byte {
	_ = conn.SetReadDeadline(time.Now().Add(min(a.patience(farewellWait, 0.3)+2*a.RTT, time.Second)))
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	_ = answer.Body.Close()
	_ = conn.SetReadDeadline(a.end)
	h := a.s.HTTP
	if a.suspicious(answer.StatusCode) {
		h.BlockPage, h.Gateway = blockPage(answer.Header, answer.StatusCode, text), gateway(answer.Header, answer.StatusCode, text)
	}
	if strings.Contains(strings.ToLower(string(text)), wispr) {
		h.BlockPage = cmp.Or(h.BlockPage, portal)
	}
	a.sendsOn(answer, text)
	if a.s.TLS.Completed() && wantsClientCertificate(answer.StatusCode, text) {
		a.s.TLS.Notes = note(a.s.TLS.Notes, evidence.NoteClientCertRequired)
		a.s.Notes = slices.DeleteFunc(a.s.Notes, func(n string) bool { return n == evidence.NoteBadRequest })
	}
	return text
}

// sendsOn keeps where a page sends browsers; that of a redirect only says it once more. text may be nil.
func (a *asker) sendsOn(answer *http.Response, text []byte) {
	h := a.s.HTTP
	if answer.StatusCode != http.StatusOK {
		return
	}
	if h.Refresh = refreshOf(answer.Header, text); h.Refresh == "" {
		return
	}
	h.BlockPage = cmp.Or(h.BlockPage, blockPage(http.Header{"Location": {h.Refresh}}, answer.StatusCode, nil))
	h.Foreign = a.foreign(h.Refresh)
}

// foreign reports that a page's address is another owner's than the name that was asked for; of addresses nothing is known.
func (a *asker) foreign(to string) bool {
	u, err := url.Parse(to)
	if err != nil || u.Hostname() == "" || a.ServerName == "" {
		return false
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return false
	}
	return evidence.Owner(u.Hostname()) != evidence.Owner(a.ServerName)
}
