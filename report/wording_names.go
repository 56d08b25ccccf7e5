package report

import (
	"fmt"

	"whyport/probe/verdict"
)

// nameWords are for names that gave no address: nothing was sent to the server.
func (s *subject) nameWords() words {
	name := s.name()
	ask := "ask your network administrator to check the name servers (DNS)."
	switch s.verdict.Reason {
	case verdict.NameNotFound:
		why := fmt.Sprintf("The name %s does not exist, so nothing could be tested.", name)
		if s.target.Resolution.Server != "" {
			why = fmt.Sprintf("The name %s does not exist, says the name server, so nothing could be tested.", name)
		}
		return words{"name does not exist", why, "Check the spelling; if it is right, the name may only be known inside a company network or VPN."}
	case verdict.NoAddress:
		return words{"name has no address", fmt.Sprintf("The name %s exists but has no address of the wanted kind.", name),
			"Check the name and the -4 or -6 option, or ask the server's administrator for its address."}
	case verdict.NameServerTimeout:
		return words{"name server does not answer", fmt.Sprintf("The name server did not answer when asked for %s.", name),
			"Check the network connection, test the server's IP address instead of its name, or " + ask}
	}
	if s.verdict.Reason == verdict.NameRefused {
		return words{"name server refuses", fmt.Sprintf("The name server refuses to answer for %s.", name), sentence(ask)}
	}
	if s.verdict.Reason == verdict.NameBlocked {
		return words{"name is blocked", fmt.Sprintf("A filter for names blocks %s, so nothing could be tested.", name),
			"Ask whoever runs the name server to allow the name."}
	}
	return words{"name server failed", fmt.Sprintf("The name server can't be reached or could not answer for %s.", name),
		"Try again, test the server's IP address instead of its name, or " + ask}
}

// proxyWords are for answers of a proxy that was asked to connect.
func (s *subject) proxyWords() words {
	allow := fmt.Sprintf("Ask whoever runs the proxy to allow %s to %s.", s.number(), s.to())
	switch s.verdict.Reason {
	case verdict.ProxyDenied:
		return words{"refused by the proxy", "The proxy refuses to connect to this port of the server.", allow}
	case verdict.ProxyAuthRequired:
		return words{"the proxy wants a login", "The proxy wants a user name and password before it connects.",
			"Give the proxy's user name and password, or ask whoever runs the proxy for them."}
	case verdict.ProxyUnreachable:
		return words{"the proxy does not answer", "The proxy itself can't be reached, so the server could not be tested through it.",
			"Check the proxy's address and port in the settings, then ask whoever runs the proxy."}
	}
	return words{"the proxy could not connect", "The proxy was reached but could not connect to the server.", allow}
}
