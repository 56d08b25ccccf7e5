//go:build !linux

package listen

// tellsHalfOpen: these systems have no table that everybody may read.
func tellsHalfOpen() bool { return false }

func readHalfOpen() []halfOpenPeer { return nil }

// SeesHalfOpen says whether a listener sees SYNs whose answer gets lost.
const SeesHalfOpen = "no"
