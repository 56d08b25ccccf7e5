package report

import (
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/words"
)

// Hold is what became of connections that stayed idle.
type Hold struct {
	Finding  string  `json:"finding"`     // idle-kept, idle-forgotten, idle-reset, idle-closed or idle-unclear
	Word     string  `json:"word"`        // what was said after the silence: a protocol's own question, or keepalive
	Survived *Millis `json:"survived_ms"` // the longest silence that did no harm; null: none
	Lost     *Millis `json:"lost_ms"`     // the shortest that did; null: none
	Fresh    *string `json:"fresh"`       // how the same word ended on a fresh connection; null: not needed
	Idles    []Idle  `json:"idles"`
}

// Idle is one of the connections.
type Idle struct {
	Silence *Millis `json:"silence_ms"`
	End     string  `json:"end"`     // answered, silent, reset or eof
	Unasked bool    `json:"unasked"` // it ended before anything was said
}

func holdOf(h *evidence.Hold) *Hold {
	held := verdict.JudgeHold(h)
	if held.Holding == "" {
		return nil
	}
	out := &Hold{
		Finding: string(held.Holding), Word: h.Word, Survived: millis(held.Survived), Lost: millis(held.Lost), Fresh: text(h.Fresh),
		Idles: []Idle{},
	}
	for _, i := range h.Idles {
		out.Idles = append(out.Idles, Idle{Silence: millis(i.For), End: i.End, Unasked: i.Unasked})
	}
	return out
}

// holdEvidence has a line for each connection.
func holdEvidence(h *evidence.Hold) (out []Evidence) {
	if h == nil {
		return nil
	}
	for _, i := range h.Idles {
		detail := h.Word + " after " + words.Silence(i.For) + " of silence"
		if i.Unasked {
			detail = "by itself after " + words.Silence(i.For)
		}
		out = append(out, Evidence{Step: "idle", Signal: i.End, Detail: detail})
	}
	if h.Fresh != "" {
		out = append(out, Evidence{Step: "idle", Signal: h.Fresh, Detail: h.Word + " on a fresh connection"})
	}
	return out
}
