package report

import (
	"fmt"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report/phrase"
	"whyport/report/words"
)

// Via is the proxy that a port was asked for through, and what it answered.
type Via struct {
	Proxy    string   `json:"proxy"`             // its URL, without login
	From     *string  `json:"from,omitempty"`    // what names it; absent where the person did
	Address  *string  `json:"address,omitempty"` // of the proxy that was asked
	Asked    *string  `json:"asked,omitempty"`   // what it was asked for: "server.example:443"
	Named    bool     `json:"named"`             // the name was left to the proxy to resolve
	Outcome  string   `json:"outcome"`
	Status   *int     `json:"status,omitempty"`     // of an HTTP proxy's answer
	SOCKS    *int     `json:"socks_code,omitempty"` // of a SOCKS proxy's answer
	Server   *string  `json:"server,omitempty"`     // as the proxy calls itself
	Error    *string  `json:"error,omitempty"`      // the proxy's own code for what failed
	Title    *string  `json:"page_title,omitempty"` // of the page that came with a refusal
	Location *string  `json:"location,omitempty"`
	Auth     []string `json:"auth_schemes,omitempty"` // that the proxy wants
	Sent     *string  `json:"login_scheme,omitempty"` // of the login that was sent; absent: none was
	Duration *Millis  `json:"duration_ms"`
}

func viaOf(p *evidence.Proxied) *Via {
	if p == nil {
		return nil
	}
	out := &Via{
		Proxy: phrase.Clean(
			p.Proxy,
		), From: text(p.From), Address: endpoint(p.Addr), Asked: text(p.Asked), Named: p.Named, Outcome: phrase.Clean(string(p.Outcome)),
		Error: text(p.Error), Title: text(p.Title), Sent: text(p.Sent), Duration: millis(p.Elapsed),
	}
	if h := p.HTTP; h != nil {
		out.Status, out.Server, out.Location = number(h.Status), text(h.Server), text(h.Location)
	}
	if p.Code != nil {
		out.SOCKS = new(int(*p.Code))
	}
	for _, a := range p.Auth {
		out.Auth = append(out.Auth, phrase.Clean(a))
	}
	return out
}

// throughOf is the port as it is through a proxy, beside the direct way.
func throughOf(s *words.Subject) *Port {
	t := s.Through
	if t == nil {
		return nil
	}
	of := *s
	of.Port, of.Verdict, of.Host, of.Through = &t.Port, t.Verdict, nil, nil
	return portOf(&of, map[pathKey]*Path{})
}

// proxyOf is the proxy that the run used, or would have used; nil where none is set up.
func proxyOf(run *probe.Run) *string { return text(run.Proxy) }

// proxyEvidence has what the proxy answered.
func proxyEvidence(p *evidence.Proxied) (out []Evidence) {
	if p == nil {
		return nil
	}
	detail := phrase.Clean(p.Proxy) + " asked for " + phrase.Clean(p.Asked)
	for _, part := range []string{p.Line, p.Error, p.Title, p.Problem} {
		if part != "" {
			detail += ", " + phrase.Clean(part)
		}
	}
	if p.Code != nil {
		detail += fmt.Sprintf(", SOCKS%d code %d", p.SOCKS, *p.Code)
	}
	out = append(out, Evidence{"proxy", phrase.Clean(string(p.Outcome)), detail + ", after " + phrase.Duration(p.Elapsed)})
	if f := p.Forward; f != nil {
		out = append(out, Evidence{"proxy-forward", "answered", fmt.Sprintf("status %d", f.Status)})
	}
	if p.Reach != nil {
		for _, e := range attemptEvidence(p.Reach) {
			e.Step = "proxy-" + e.Step
			out = append(out, e)
		}
	}
	return out
}
