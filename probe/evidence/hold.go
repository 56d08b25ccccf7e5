package evidence

import "time"

// Hold is what became of connections to a port that were left idle, the shortest silence first.
type Hold struct {
	// Word is what was said after the silence: a protocol's name, or WordKeepalive.
	Word  string `json:"word"`
	Idles []Idle `json:"idles,omitempty"`
	// Fresh is how the same word ended on a connection that had not been idle; "" where it was not needed.
	Fresh string `json:"fresh,omitempty"`
}

// WordKeepalive is TCP's own question (RFC 9293, 3.8.4), which no application sees.
const WordKeepalive = "keepalive"

// EndAnswered is how a word on a connection ends that still stands; EndReset, EndEOF and EndSilent are the others.
const EndAnswered = "answered"

// Idle is one connection that was left idle.
type Idle struct {
	For time.Duration `json:"for_ns"` // silence, until the word or until it ended by itself
	End string        `json:"end"`
	// Unasked is set where it ended while nothing was said.
	Unasked bool `json:"unasked,omitempty"`
}
