package words

import (
	"fmt"
	"net/url"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// httpNotes are what the head of an HTTP answer tells beside what speaks there: who passed it on, where it sends
// browsers, and errors that are not about the page.
func (s *Subject) httpNotes(h *evidence.HTTP) (out []Note) {
	if h == nil || h.BlockPage != "" {
		return nil
	}
	add := func(code, format string, args ...any) { out = append(out, Note{code, fmt.Sprintf(format, args...)}) }
	if h.Via != "" {
		add(
			"via-proxy",
			`The answer came through a proxy, on the way or the server's own, that calls itself "%s".`,
			phrase.Short(h.Via, 60),
		)
	}
	if to := s.elsewhere(h); to != "" {
		add(
			"redirect-elsewhere",
			"The answer sends browsers on to another site, %s; unless that is the server's own, it is a sign-in page of "+
				"the network (captive portal).",
			to,
		)
	}
	switch {
	case h.Status == 407:
		add("http-error", "The answer is a proxy's that wants a name and a password first (407).")
	case h.Status == 403 || h.Status == 451:
		add("http-error", "The answer refuses the page (%d), by a rule of the server or of a filter on the way.", h.Status)
	case h.Status == 429:
		add("http-error", "The server says that too many requests come from here, for now (429).")
	case h.Gateway != "": // the port's own sentence says it
	case h.Status == 502 || h.Status == 504:
		add("http-error", "The answer is a gateway's, which can't reach the service behind it (%d).", h.Status)
	case h.Status >= 500:
		add("http-error", "The answer is an error of the service (%d).", h.Status)
	}
	return out
}

// elsewhere is the host that an answer sends browsers to, if it is of another owner than what was asked for, as far as
// names tell.
func (s *Subject) elsewhere(h *evidence.HTTP) string {
	if h == nil {
		return ""
	}
	to, err := url.Parse(h.Location)
	if h.Status/100 != 3 || err != nil || to.Hostname() == "" {
		return ""
	}
	asked, host := s.Candidate.Host, strings.ToLower(to.Hostname())
	if asked == "" {
		asked = s.Target.Target.Host
	}
	asked = strings.ToLower(asked)
	if asked == host || s.Port.Addr.String() == host || evidence.Owner(asked) == evidence.Owner(host) {
		return ""
	}
	return phrase.Short(to.Hostname(), 50)
}

// orPortal: a certificate of another owner may be that of a sign-in page or a filter in the server's place.
func (s *Subject) orPortal(c *evidence.Certificate, t *evidence.TLS) string {
	if s.Port.Port != 443 && s.Port.Speech.Identified != "https" {
		return "" // they answer for the web
	}
	for _, name := range c.DNSNames {
		if t.ServerName == "" || evidence.Owner(t.ServerName) == evidence.Owner(name) {
			return ""
		}
	}
	return "; if its owner is a stranger, a sign-in page (captive portal) or filter may answer in the server's place: open the site in a " +
		"browser"
}
