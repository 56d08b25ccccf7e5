package page

import "github.com/fatih/color"

// paint is a set of colours that red-green colour-blind people tell apart; words say the same.
type paint struct {
	good, bad, unsure, strong, faint *color.Color
}

func newPaint(on bool) paint {
	p := paint{
		good:   color.New(color.FgHiCyan, color.Bold),
		bad:    color.New(color.FgHiYellow, color.Bold),
		unsure: color.New(color.FgHiMagenta),
		strong: color.New(color.Bold),
		faint:  color.New(color.Faint),
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
