package words

import (
	"fmt"

	"whyport/report/phrase"
)

// egressRows are for ports that were asked only how far packets to them get.
func egressRows() []row {
	return []row{{"egress-leaves", (*Subject).leaves}, {"egress-unclear", (*Subject).unclear}}
}

func (s *Subject) leaves() Sentences {
	at := ""
	if last := s.Port.Walk.LastReply(); last.TTL > 0 {
		at = fmt.Sprintf(" (hop %d, %s)", last.TTL, phrase.Clean(last.Addr.String()))
	}
	return Sentences{"leaves this network" + at,
		"Packets to this port get as far as those to any other that was compared" + at + "; whether the server takes them was not " +
			"asked.", ""}
}

func (s *Subject) unclear() Sentences {
	return Sentences{"not established", "The routers on the way answer too seldom to tell how far packets to this port get.",
		"Run the test again, with fewer ports or towards another address outside."}
}
