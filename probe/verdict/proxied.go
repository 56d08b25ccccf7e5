package verdict

import (
	"strings"

	"whyport/probe/evidence"
)

// proxied: a connection was asked of a proxy and does not stand. What the proxy says of the server is its own word. SOCKS5's
// codes are RFC 1928's (6), SOCKS4's those of its protocol note, where 91 does not tell a refusal from a failure.
func proxied() []rule {
	return []rule{
		{"proxy-unreached", proxyEnded(evidence.ProxyUnreached), proxyUnreached},
		{"proxy-unresolved", proxyEnded(evidence.ProxyUnresolved), says(Unreachable, ProxyUnreachable)},
		{"proxy-unsafe", proxyEnded(evidence.ProxyUnsafe), byProxy(Unreachable, ProxyError, Likely)},
		{"proxy-unfit", proxyEnded(evidence.ProxyUnfit), says(Unknown, NotTested)},
		{"proxy-undecided", proxyEnded(evidence.ProxyUndecided), says(Unknown, NotTested)},
		{"proxy-silent", proxyEnded(evidence.ProxySilent), byProxy(Unknown, ProxyError, Possible)},
		{"proxy-closes", proxyEnded(evidence.ProxyClosed), byProxy(Unknown, ProxyError, Possible)},
		{"proxy-garbled", proxyEnded(evidence.ProxyGarbled), byProxy(Unknown, ProxyError, Likely)},

		{"proxy-forwards", (*observed).forwarded, forwardedByProxy},
		{"proxy-refuses-login", func(o *observed) bool { return o.proxyWantsLogin() && o.port.Proxied.Sent != "" },
			byProxy(Blocked, ProxyAuthRequired, Likely)},
		{"proxy-wants-login", (*observed).proxyWantsLogin, byProxy(Blocked, ProxyAuthRequired, Likely)},
		{"proxy-redirects", func(o *observed) bool { return o.proxyStatus()/100 == 3 || o.proxyStatus() == 511 },
			byProxy(Blocked, ProxyDenied, Likely)},
		{
			"proxy-denies",
			func(o *observed) bool { return o.proxySaid(403, 405, 451) || o.socks5Said(2) },
			byProxy(Blocked, ProxyDenied, Likely),
		},

		{"proxy-knows-no-name", func(o *observed) bool { return o.proxyBlames("ENOTFOUND") }, byProxy(Unreachable, ProxyError, Likely)},
		{"proxy-was-refused", func(o *observed) bool { return o.socks5Said(5) || o.proxyBlames("ECONNREFUSED") }, refusedBeyondProxy},
		{"proxy-has-no-route", func(o *observed) bool {
			return o.socks5Said(3, 4) || o.proxyBlames("EHOSTUNREACH", "ENETUNREACH")
		}, beyondProxy(Unreachable)},
		{"proxy-got-no-answer", func(o *observed) bool {
			return o.socks5Said(6) || o.proxySaid(504) || o.proxyBlames("ETIMEDOUT")
		}, beyondProxy(Unreachable)},
		{"proxy-fails", proxyEnded(evidence.ProxyRefused), byProxy(Unreachable, ProxyError, Possible)},
	}
}

func proxyEnded(how evidence.ProxyOutcome) condition {
	return func(o *observed) bool { return o.port.Proxied != nil && o.port.Proxied.Outcome == how }
}

// proxyStatus is that of the answer to CONNECT; 0 where there is none.
func (o *observed) proxyStatus() int {
	if p := o.port.Proxied; p != nil && p.Outcome == evidence.ProxyRefused && p.HTTP != nil {
		return p.HTTP.Status
	}
	return 0
}

func (o *observed) proxySaid(statuses ...int) bool {
	got := o.proxyStatus()
	for _, s := range statuses {
		if got == s {
			return true
		}
	}
	return false
}

func (o *observed) socks5Said(codes ...uint8) bool {
	p := o.port.Proxied
	if p == nil || p.SOCKS != 5 || p.Code == nil || p.Outcome != evidence.ProxyRefused {
		return false
	}
	for _, c := range codes {
		if *p.Code == c {
			return true
		}
	}
	return false
}

// proxyWantsLogin: 407, or a SOCKS5 proxy that takes nobody without; SOCKS4's 92 and 93 are about the user's name, too.
func (o *observed) proxyWantsLogin() bool {
	p := o.port.Proxied
	if p == nil || p.Outcome != evidence.ProxyRefused {
		return false
	}
	switch {
	case o.proxySaid(407):
		return true
	case p.SOCKS == 5:
		return p.Code == nil
	}
	return p.SOCKS == 4 && p.Code != nil && (*p.Code == 92 || *p.Code == 93)
}

// proxyBlames reports an error of the proxy's own that its page or header names; only where the status is the proxy's failure.
func (o *observed) proxyBlames(causes ...string) bool {
	if o.proxyStatus()/100 != 5 {
		return false
	}
	cause := o.port.Proxied.Cause
	if strings.HasPrefix(o.port.Proxied.Error, "ERR_DNS_FAIL") {
		cause = "ENOTFOUND"
	}
	for _, c := range causes {
		if cause == c {
			return true
		}
	}
	return false
}

// forwarded: the proxy makes no tunnel to the port, but it handed an ordinary request on and brought an answer that is not
// its own refusal.
func (o *observed) forwarded() bool {
	p := o.port.Proxied
	if p == nil || p.Outcome != evidence.ProxyRefused || p.Forward == nil || p.ForwardError != "" || p.Forward.BlockPage != "" {
		return false
	}
	s := p.Forward.Status
	return s/100 == 2 || s == 401 || s == 404 || s == 304
}

func forwardedByProxy(*observed) Verdict {
	return Verdict{State: Open, Reason: SynAck, Usable: true, Confidence: Likely}
}

// atProxy is the proxy that was asked: it answered, but an address proves no ownership.
func (o *observed) atProxy(c Confidence) *Where {
	return &Where{Party: Proxy, Address: o.port.Proxied.Addr.Addr(), Confidence: c}
}

func byProxy(s State, r Reason, c Confidence) outcome {
	return func(o *observed) Verdict { return Verdict{State: s, Reason: r, Where: o.atProxy(c)} }
}

// beyondProxy: the proxy is fine, and says that something behind it is not.
func beyondProxy(s State) outcome {
	return func(*observed) Verdict {
		return Verdict{State: s, Reason: ProxyError, Confidence: Likely, Where: &Where{Party: PartyUnknown, Confidence: Possible}}
	}
}

func refusedBeyondProxy(o *observed) Verdict {
	v := beyondProxy(Closed)(o)
	v.Caveats = []Caveat{MayBeImitated}
	return v
}

// proxyUnreached: the place is where the way to the proxy ends.
func proxyUnreached(o *observed) Verdict {
	v := Verdict{State: Unreachable, Reason: ProxyUnreachable, Confidence: Likely}
	itself := o.proxy
	switch {
	case itself == nil:
		return v
	case itself.Reason == Interrupted || itself.Reason == NoSockets:
		return Verdict{State: Unknown, Reason: itself.Reason}
	case itself.Where != nil:
		v.Where = itself.Where
		if v.Where.Party == Server {
			v.Where.Party, v.Where.Confidence = Proxy, atMost(v.Where.Confidence, Likely)
		}
		return v
	}
	return v
}
