package verdict

import (
	"time"

	"whyport/probe/evidence"
)

// Conversations that got no word, and what their ends say.

// onlyTrueHost reports that requests with the true host got no answer, twice, and one with another host or none did. What
// answers a ClientHello with HTTP has seen no request.
func onlyTrueHost(s *evidence.Speech) bool {
	n := 0
	for i := range s.Mute {
		if m := &s.Mute[i]; m.Said == evidence.MuteRequest && !m.Inside && decisive(m) {
			n++
		}
	}
	return n > 1 && len(s.Hosts) > 0 && (s.HTTP == nil || s.HTTP.After == 0)
}

// decisive reports an end that says something of the other side.
func decisive(m *evidence.Mute) bool {
	return m != nil && (m.End != evidence.EndSilent || m.After >= patience)
}

// patience is how long silence must have lasted to say anything of a program: slow ones and runs in haste are common.
const patience = time.Second
