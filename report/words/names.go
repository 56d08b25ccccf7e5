package words

// notTested is the rule of the zero verdict.
const notTested = "not-tested"

// untestedRows are for ports to which nothing was sent.
func untestedRows() []row {
	return []row{
		{notTested, untested}, {"local-error", untested}, {"nothing-fits", untested},
		{"interrupted", interrupted}, {"asked-interrupted", interrupted}, {"no-sockets", noSockets},
		{"unheard", unheard},
	}
}

func untested(s *Subject) Sentences {
	if s.listenedOnly() {
		return Sentences{"not tested: --careful", "Over UDP nothing is learned without sending, and --careful sends nothing.",
			"Leave --careful out for this port if its device stands a question."}
	}
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

func unheard(*Subject) Sentences {
	return Sentences{"not tested: this computer was busy or asleep", "This computer was too busy, or asleep, to hear an answer of this port.",
		"Run the test again when this computer has time, with fewer ports or a longer --timeout."}
}
