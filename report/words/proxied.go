package words

import (
	"cmp"
	"fmt"
	"strings"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// proxiedRows are for connections that a proxy was asked for and did not make.
func proxiedRows() []row {
	return []row{
		{"proxy-unreached", (*Subject).proxyUnreached}, {"proxy-unresolved", (*Subject).proxyUnresolved}, {"proxy-unsafe",
			(*Subject).proxyUnsafe},
		{"proxy-unfit", (*Subject).proxyUnfit}, {"proxy-undecided", (*Subject).proxyUndecided}, {"proxy-silent", (*Subject).proxySilent}, {"proxy-closes", (*Subject).proxySilent},
		{"proxy-garbled", (*Subject).proxyGarbled}, {"proxy-forwards", (*Subject).proxyForwards},
		{"proxy-wants-login", (*Subject).proxyLogin}, {"proxy-refuses-login", (*Subject).proxyLogin},
		{"proxy-redirects", (*Subject).proxyRedirects}, {"proxy-denies", (*Subject).proxyDenies},
		{"proxy-knows-no-name", (*Subject).proxyKnowsNoName}, {"proxy-was-refused", (*Subject).proxyFailed},
		{"proxy-has-no-route", (*Subject).proxyFailed},
		{"proxy-got-no-answer", (*Subject).proxyFailed}, {"proxy-fails", (*Subject).proxyFailed},
		{"proxy-connected", (*Subject).proxyConnected},
	}
}

// proxySaid is the proxy's answer in its own terms: "HTTP 403 Forbidden", "SOCKS5 code 2".
func (s *Subject) proxySaid() string {
	p := s.proxied()
	switch {
	case p.Code != nil:
		return fmt.Sprintf("SOCKS%d code %d", p.SOCKS, *p.Code)
	case p.HTTP != nil && p.Line != "":
		return "HTTP " + phrase.Short(p.Line, 60)
	case p.HTTP != nil:
		return fmt.Sprintf("HTTP %d", p.HTTP.Status)
	}
	return ""
}

// saying is that in brackets, with a space before; "" where it said nothing.
func (s *Subject) saying() string { return with("", s.proxySaid()) }

func (s *Subject) askProxy(to string) string {
	return fmt.Sprintf("Ask whoever runs the %s %s; %s.", s.proxy(), to, s.log())
}

func (s *Subject) proxyUnreached() Sentences {
	switch s.Verdict.Reason {
	case verdict.Interrupted:
		return interrupted(s)
	case verdict.NoSockets:
		return noSockets(s)
	}
	return Sentences{"the proxy can't be reached",
		fmt.Sprintf("The %s itself can't be reached, so nothing is known of the server through it.", s.proxy()),
		"Check the proxy's address and port in the settings, then ask whoever runs the proxy."}
}

// joined makes one sentence of two.
func joined(first, with, second string) string { return strings.TrimSuffix(first, ".") + with + second }

// addReach says what is wrong with the proxy's own port, in the words of any other.
func (s *Subject) addReach(w *Sentences) {
	itself := verdict.ProxyItself(s.Port)
	if itself == nil || s.Verdict.Reason != verdict.ProxyUnreachable {
		return
	}
	of := *s
	of.Port, of.Verdict, of.Host, of.ports, of.addresses = s.Port.Proxied.Reach, *itself, s.Port.Proxied.ReachHost, "", nil
	said := of.Words()
	w.Finding += ": " + said.Finding
	w.Why = joined(w.Why, ": ", phrase.Lower(said.Why))
	if itself.State == verdict.Blocked || itself.State == verdict.Filtered {
		w.Next = said.Next
	}
}

func (s *Subject) proxyUnresolved() Sentences {
	return Sentences{"the proxy's name has no address", fmt.Sprintf("The name of the %s gives no address here.", s.proxy()),
		"Check the spelling of the proxy's name in the settings; it may only be known inside a company network or VPN."}
}

func (s *Subject) proxyUnsafe() Sentences {
	return Sentences{"no trusted TLS to the proxy",
		fmt.Sprintf("TLS to the %s fails or its certificate is not trusted here, so it was asked nothing.", s.proxy()),
		"Ask whoever runs the proxy for its certificate's authority, or whether the proxy takes plain HTTP (http:// instead of https://)."}
}

func (s *Subject) proxyUnfit() Sentences {
	return Sentences{"not possible through this kind of proxy",
		fmt.Sprintf("The protocol of the %s can't carry this request: %s.", s.proxy(), phrase.Clean(s.proxied().Problem)),
		"Use another kind of proxy (socks5h or http), if there is one."}
}

// proxyUndecided is for settings or a PAC file that can't be followed.
func (s *Subject) proxyUndecided() Sentences {
	return Sentences{"which proxy leads there can't be told",
		"Which proxy leads there can't be told: " + phrase.Short(s.proxied().Problem, 200) + ".",
		"Ask whoever keeps the proxy's settings to check them, or name the proxy: --proxy http://proxy.example:3128."}
}

func (s *Subject) proxySilent() Sentences {
	finding, did := "the proxy does not answer", "takes the connection and does not answer the request in time"
	if s.proxied().Outcome == evidence.ProxyClosed {
		finding, did = "the proxy hangs up", "ends the connection without an answer to the request"
	}
	return Sentences{finding, fmt.Sprintf("The %s %s: it waits for the server in vain, or something before it objects.", s.proxy(), did),
		s.askProxy("what becomes of " + s.number() + " to " + s.to())}
}

func (s *Subject) proxyGarbled() Sentences {
	kind := "an HTTP proxy"
	if n := s.proxied().SOCKS; n > 0 {
		kind = fmt.Sprintf("a SOCKS%d proxy", n)
	}
	return Sentences{"no proxy of this kind", fmt.Sprintf("What answers as the %s is not %s.", s.proxy(), kind),
		"Check the proxy's kind and port in the settings (http, https, socks4a or socks5h)."}
}

func (s *Subject) proxyForwards() Sentences {
	return Sentences{"HTTP works through the " + s.proxy(),
		fmt.Sprintf("The %s makes no tunnel to this port%s, but hands HTTP requests on and brings the server's answer.", s.proxy(),
			s.saying()), ""}
}

// proxyLogin is for a proxy that lets nobody in without a name, or not with this one.
func (s *Subject) proxyLogin() Sentences {
	p := s.proxied()
	wants := ""
	if len(p.Auth) > 0 {
		var clean []string
		for _, a := range p.Auth {
			clean = append(clean, phrase.Short(a, 30))
		}
		wants = " (" + strings.Join(clean, ", ") + ")"
	}
	if p.Sent != "" {
		return Sentences{"the proxy refuses the login" + wants,
			fmt.Sprintf("The %s does not take the user name and password that it was given%s.", s.proxy(), wants),
			"Check the proxy's user name and password, or ask whoever runs the proxy for them."}
	}
	w := Sentences{"the proxy wants a login" + wants, fmt.Sprintf("The %s wants to know who asks before it connects%s.", s.proxy(), wants),
		"Give the proxy's user name and password (--proxy-login FILE), or ask whoever runs the proxy for them."}
	if !canLogIn(p.Auth) {
		w.Next = "Use an application that can log in to the proxy with this computer's account; this test can't. " +
			"Or ask whoever runs the proxy for a log-in with name and password."
	}
	return w
}

// canLogIn reports whether one of the schemes is spoken here.
func canLogIn(schemes []string) bool {
	for _, s := range schemes {
		if s == "Basic" || s == "username-password" || s == "NTLM" {
			return true
		}
	}
	return len(schemes) == 0
}

func (s *Subject) proxyRedirects() Sentences {
	where := ""
	if h := s.proxied().HTTP; h != nil && h.Location != "" {
		where = " to " + phrase.Short(h.Location, 80)
	}
	return Sentences{"the proxy sends to a page of its own",
		fmt.Sprintf("The %s makes no connection and points%s instead: a sign-in or policy page%s.",
			s.proxy(), where, s.saying()), "Open that page in a browser and do what it asks, then run the test again."}
}

func (s *Subject) proxyDenies() Sentences {
	said := s.proxySaid()
	if t := s.proxied().Title; t != "" {
		said += `, "` + phrase.Short(t, 80) + `"`
	}
	return Sentences{"refused by the " + s.proxy(), fmt.Sprintf("The %s refuses to connect to this port of the server%s.", s.proxy(),
		with("", said)),
		s.askProxy(fmt.Sprintf("to allow %s to %s", s.number(), s.to()))}
}

func (s *Subject) proxyKnowsNoName() Sentences {
	return Sentences{"the proxy can't resolve the name", fmt.Sprintf("The %s finds no address for %s%s.", s.proxy(), s.name(), s.saying()),
		"Check the spelling; if it is right, ask whoever runs the proxy to check its name server (DNS)."}
}

// proxyFailed is for a proxy that would connect and could not: what it says of the server is its own word.
func (s *Subject) proxyFailed() Sentences {
	w := Sentences{
		"the proxy could not connect",
		fmt.Sprintf("The %s could not connect to this port of the server%s.", s.proxy(), s.saying()),
		s.askProxy("why it can't connect to " + s.number() + " of " + s.to()),
	}
	switch s.Verdict.Rule {
	case "proxy-was-refused":
		return Sentences{"the proxy was refused by the server's side",
			fmt.Sprintf("The %s says that its connection was refused: nothing listens on this port, or a firewall refuses it%s.", s.proxy(),
				s.saying()),
			fmt.Sprintf("Ask the server's administrator whether a service runs on %s; if it does, %s", s.number(), phrase.Lower(w.Next))}
	case "proxy-has-no-route":
		w.Finding = "the proxy has no way to the server"
		w.Why = fmt.Sprintf("The %s says that it has no way to the server%s.", s.proxy(), s.saying())
	case "proxy-got-no-answer":
		w.Finding = "the proxy gets no answer from the server"
		w.Why = fmt.Sprintf("The %s says that it gets no answer from this port of the server%s.", s.proxy(), s.saying())
	}
	return w
}

func (s *Subject) proxyConnected() Sentences {
	return Sentences{"accepts connections; said nothing",
		"The connection stands by the proxy's word alone: nothing was said on it, as with services that wait for the client to begin.", ""}
}

// addProxy says of a port that was reached through a proxy that it was.
func (s *Subject) addProxy(w *Sentences) {
	p := s.proxied()
	if p.Outcome != evidence.ProxyConnected {
		if p.From != "" && p.Proxy != "" {
			w.Why = joined(w.Why, "; ", "this proxy is set in "+phrase.Short(p.From, 100)+".")
		}
		return
	}
	w.Finding += ", through " + proxyName(s.proxied().Proxy)
	w.Why = joined(w.Why, "; ", "it is reached through the "+s.proxy()+set(p)+".")
}

// addThrough lays what came through a proxy beside the direct way.
func (s *Subject) addThrough(w *Sentences, t *probe.Through) {
	if t == nil || t.Port.Proxied == nil {
		return
	}
	of := *s
	of.Port, of.Verdict, of.Host, of.Through = &t.Port, t.Verdict, nil, nil
	proxy, said := cmp.Or(proxyName(t.Port.Proxied.Proxy), "a proxy"), of.Words()
	if !t.Verdict.Usable {
		if t.Verdict.Rule == "proxy-undecided" {
			w.Why = joined(w.Why, "; ", phrase.Lower(said.Why))
			return
		}
		w.Finding = "direct: " + w.Finding + "; through " + proxy + ": " + strings.TrimSuffix(said.Finding, " "+proxy)
		w.Why = joined(w.Why, "; ", "through the proxy it does not work either: "+phrase.Lower(said.Why))
		return
	}
	w.Finding = "direct: " + w.Finding + "; through " + proxy + ": works"
	w.Why = joined(w.Why, "; ", "through the proxy "+proxy+set(t.Port.Proxied)+" it works.")
	w.Next = fmt.Sprintf("Set the application's proxy to %s.", phrase.Short(t.Port.Proxied.Proxy, 80))
}
