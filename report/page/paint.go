package page

import "github.com/fatih/color"

// paint is a set of colours that red-green colour-blind people tell apart; words say the same.
type paint struct {
	good, bad, unsure, strong, faint *color.Color
}

// The colours are of xterm's fixed palette (16-255): unlike the first sixteen, which every terminal chooses for itself,
// they have a contrast of 4.5 and more (WCAG 2.2, 1.4.3) on black and on white.
const (
	teal   = 29  // #00875f
	rose   = 131 // #af5f5f
	violet = 98  // #875fd7
	grey   = 243 // #767676
)

func newPaint(on bool) paint {
	p := paint{
		good:   of256(teal),
		bad:    of256(rose),
		unsure: of256(violet),
		strong: color.New(color.Bold),
		faint:  of256(grey),
	}
	for _, c := range []*color.Color{p.good, p.bad, p.unsure, p.strong, p.faint} {
		// An object of its own setting: the library's default looks at standard output only.
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
	}
	return p
}

// of256 is a text colour of the palette of 256 (ECMA-48 SGR 38, as xterm has it).
func of256(n color.Attribute) *color.Color { return color.New(38, 5, n) }

// of is the colour for a port or a requirement: usable, not usable, not known.
func (p paint) of(usable *bool) *color.Color {
	switch {
	case usable == nil:
		return p.unsure
	case *usable:
		return p.good
	}
	return p.bad
}
