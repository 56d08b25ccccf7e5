package words

import (
	"fmt"

	"whyport/probe/verdict"
)

// notTested is the rule of the zero verdict.
const notTested = "not-tested"

// untestedRows are for ports to which nothing was sent.
func untestedRows() []row {
	return []row{
		{notTested, untested}, {"local-error", untested}, {"nothing-fits", untested},
		{"interrupted", interrupted}, {"no-sockets", noSockets},
		{"unresolved", (*Subject).nameWords},
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

// nameWords are for names that gave no address: nothing was sent to the server.
func (s *Subject) nameWords() Sentences {
	name := s.name()
	ask := "ask your network administrator to check the name servers (DNS)."
	switch s.Verdict.Reason {
	case verdict.Interrupted:
		return interrupted(s)
	case verdict.NotTested:
		return untested(s)
	case verdict.NameNotFound:
		why := fmt.Sprintf("The name %s does not exist, so nothing could be tested.", name)
		if s.Target.Resolution.Server != "" {
			why = fmt.Sprintf("The name %s does not exist, says the name server, so nothing could be tested.", name)
		}
		return Sentences{"name does not exist", why, "Check the spelling; if it is right, the name may only be known inside a company network " +
			"or VPN."}
	case verdict.NoAddress:
		return Sentences{"name has no address", fmt.Sprintf("The name %s exists but has no address of the wanted kind.", name),
			"Check the name and the -4 or -6 option, or ask the server's administrator for its address."}
	case verdict.NameServerTimeout:
		return Sentences{"name server does not answer", fmt.Sprintf("The name server did not answer when asked for %s.", name),
			"Check the network connection, test the server's IP address instead of its name, or " + ask}
	}
	return Sentences{"name server failed", fmt.Sprintf("The name server can't be reached or could not answer for %s.", name),
		"Try again, test the server's IP address instead of its name, or " + ask}
}
