package words

import (
	"fmt"

	"whyport/report/phrase"
)

// deviceRows are for answers that are a device's and not the server's.
func deviceRows() []row {
	return []row{
		{"imposter-answers", (*Subject).standIn}, {"answers-every-port", (*Subject).standIn}, {"no-window", (*Subject).standIn},
		{"block-page", (*Subject).blockPage}, {"foreign-http", (*Subject).foreignHTTP},
	}
}

func (s *Subject) standIn() Sentences {
	return Sentences{
		"a device answers instead of the server",
		fmt.Sprintf("The connection was %saccepted by %s in the server's place, and no service was reached behind it.", s.hedge(), s.place()),
		fmt.Sprintf("Ask %s to let %s pass without a proxy or application gateway (ALG).", s.owner(), s.flow()),
	}
}

// blockPage is for a page that is known as a device's.
func (s *Subject) blockPage() Sentences {
	h := s.Port.Speech.HTTP
	page := phrase.Short(h.BlockPage, 50)
	switch {
	case h.BlockPage == "captive portal":
		return Sentences{"sign-in page of the network",
			"The answer is a sign-in page of the network that this computer is in (captive portal), not the server's own.",
			"Open any page in a browser, sign in to the network there, and run the test again."}
	case h.Status >= 500:
		return Sentences{"error page of " + page,
			fmt.Sprintf("The answer is an error page (%d) of %s, which stands before the server and gets no good answer from it, or forbids the "+
				"site.",
				h.Status, page),
			fmt.Sprintf("Ask whoever runs %s what its log says of this request.", page)}
	}
	return Sentences{"block page of " + page, "The answer is a block or sign-in page of " + page + ", not the server's own.",
		fmt.Sprintf("Open the server in a browser and sign in if asked, or ask whoever runs %s to allow it.", page)}
}

// foreignHTTP is for a web server on a port of another protocol.
func (s *Subject) foreignHTTP() Sentences {
	usual := protocolWords(phrase.Clean(s.Port.Speech.Usual))
	return Sentences{"HTTP, not " + usual,
		fmt.Sprintf("The port's usual service is %s, but a web server answers: %sa sign-in page (captive portal) or a proxy on the way.",
			usual, s.hedge()),
		fmt.Sprintf("Open a page in a browser and sign in if asked, then test again; "+
			"if it stays, ask the server's administrator whether a web server runs on %s.", s.number())}
}
