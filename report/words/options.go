package words

import (
	"slices"
	"strings"

	"whyport/probe/evidence"
)

// extraNames are what people call extras of connections.
var extraNames = map[evidence.Extra]string{
	evidence.DSCPVoice: "DSCP EF (voice)", evidence.DSCPVideo: "DSCP AF41 (video)", evidence.DSCPInteractive: "DSCP AF21 (SSH)",
	evidence.DSCPBulk: "DSCP CS1 (background)", evidence.ECN: "ECN", evidence.MPTCP: "Multipath TCP", evidence.FastOpen: "TCP Fast Open",
}

// optionsNotes say which extras of connections something on the way takes offence at.
func optionsNotes(tried []evidence.Tried) (out []Note) {
	add := func(code, sentence string) { out = append(out, Note{code, sentence}) }
	with := func(outcomes ...evidence.Outcome) string {
		var names []string
		for _, t := range tried {
			if slices.Contains(outcomes, t.Outcome) {
				names = append(names, extraNames[t.Extra])
			}
		}
		return strings.Join(names, ", ")
	}
	if names := with(evidence.Silent); names != "" {
		add("options-dropped", "Plain connections are accepted, those with "+names+" get no answer, each time: something on the way drops "+
			"them. Programs that use this hang or start late.")
	}
	if names := with(evidence.Refused, evidence.Failed); names != "" {
		add("options-refused", "Plain connections are accepted, those with "+names+" are refused, each time: something on the way takes "+
			"offence at them.")
	}
	if names := with(evidence.Connected); names != "" {
		add("options-alike", "Connections with "+names+" are accepted like plain ones.")
	}
	if names := with(evidence.NoSocket); names != "" {
		add("options-not-tried", "This computer does not let everybody make connections with "+names+", so that was not tried.")
	}
	return out
}
