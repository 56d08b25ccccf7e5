// Package path finds out how far packets get on the way to an address, and where an answer was made: walks with growing
// TTLs, and the TTL with which answers arrive. It says what was seen and decides nothing.
package path

import (
	"whyport/probe/line"
)

// Tracer looks at the path of one line.
type Tracer struct {
	Line  *line.Line
	Names *Names // of the routers; nil: they are not looked up
}
