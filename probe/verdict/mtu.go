package verdict

import "whyport/probe/evidence"

// Sized is what measuring the largest packet came to.
type Sized string

// What a measured path can be.
const (
	MTUWhole    Sized = "mtu-whole"    // what is sent gets through
	MTUTold     Sized = "mtu-told"     // a router takes smaller packets only and says so: what should be
	MTUHole     Sized = "mtu-hole"     // larger packets vanish without a word
	MTUSegments Sized = "mtu-segments" // TCP keeps to a size that gets through; larger datagrams vanish
)

// SizedFindings are all of them.
func SizedFindings() []Sized { return []Sized{MTUWhole, MTUTold, MTUHole, MTUSegments} }

// JudgeMTU is "" where nothing was measured.
func JudgeMTU(m *evidence.MTU) Sized {
	switch {
	case m == nil:
		return ""
	case m.Fails > 0 && (m.Told == nil || m.Fails <= int(m.Told.MTU)):
		return MTUHole
	case m.Told != nil:
		return MTUTold
	case m.After.TTL > 0:
		return MTUSegments
	}
	return MTUWhole
}
