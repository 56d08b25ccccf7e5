package words

import (
	"fmt"

	"whyport/probe/verdict"
)

// notTested is the rule of the zero verdict.
const notTested = "not-tested"

// untestedRows are for ports to which nothing was sent, and for what a proxy said of them.
func untestedRows() []row {
	return []row{
		{notTested, untested}, {"local-error", untested}, {"nothing-fits", untested},
		{"interrupted", interrupted}, {"asked-interrupted", interrupted}, {"no-sockets", noSockets},
		{verdict.ByProxy, (*Subject).proxyWords},
	}
}

func untested(*Subject) Sentences {
	return Sentences{"not tested", "The port was not tested.", "Run the test again for this port."}
}

func interrupted(*Subject) Sentences {
	return Sentences{"not finished: interrupted", "The test was stopped before this port had an answer.",
		"Run the test again and let it finish."}
}

func noSockets(*Subject) Sentences {
	return Sentences{"not tested: out of sockets", "This computer ran out of sockets, so the port was not tested.",
		"Close programs with many connections or test fewer ports at once, then run the test again."}
}

// proxyWords are for answers of a proxy that was asked to connect.
func (s *Subject) proxyWords() Sentences {
	allow := fmt.Sprintf("Ask whoever runs the proxy to allow %s to %s.", s.number(), s.to())
	switch s.Verdict.Reason {
	case verdict.ProxyDenied:
		return Sentences{"refused by the proxy", "The proxy refuses to connect to this port of the server.", allow}
	case verdict.ProxyAuthRequired:
		return Sentences{"the proxy wants a login", "The proxy wants a user name and password before it connects.",
			"Give the proxy's user name and password, or ask whoever runs the proxy for them."}
	case verdict.ProxyUnreachable:
		return Sentences{"the proxy does not answer", "The proxy itself can't be reached, so the server could not be tested through it.",
			"Check the proxy's address and port in the settings, then ask whoever runs the proxy."}
	}
	return Sentences{"the proxy could not connect", "The proxy was reached but could not connect to the server.", allow}
}
