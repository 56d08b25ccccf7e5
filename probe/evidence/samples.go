package evidence

// Samples are connections to one port from different source ports, and what became of those that failed when they were made
// again from the same ones: devices that choose among parallel paths, and those that keep states, go by the source port.
type Samples struct {
	Asked  int      `json:"asked"`
	Failed []uint16 `json:"failed,omitempty"` // source ports of those that failed at first
	Always []uint16 `json:"always,omitempty"` // of those, the ones that failed each time
	Steady bool     `json:"steady,omitempty"` // the others that were repeated worked each time
	// Outcome is how those of Always ended: silent, or refused.
	Outcome Outcome `json:"outcome,omitempty"`
}
