package auto

import (
	"context"

	"whyport/probe/proxy"
	"whyport/probe/proxy/pac"
	"whyport/probe/proxy/settings"
)

// System is the choice that this computer's settings make. They are read when the first port is asked about; nil where they are
// known to name no proxy, which only Named finds out.
func System(ctx context.Context, read func(context.Context) *settings.Found, m *pac.Machine) proxy.Choice {
	return later(func() proxy.Choice {
		if set := read(ctx); set != nil {
			return as(ctx, set, early(ctx, set.Script), m)
		}
		return nil
	})
}

// Named reads the settings at once, and a PAC file that they name on this computer; nil where they name no proxy.
func Named(ctx context.Context, read func(context.Context) *settings.Found, m *pac.Machine) proxy.Choice {
	set := read(ctx)
	if set == nil {
		return nil
	}
	script := early(ctx, set.Script)
	return later(func() proxy.Choice { return as(ctx, set, script, m) })
}

// as follows settings in the order of Windows and macOS: a PAC file that is looked for, one that is named, the proxies. That none
// is found where one is looked for is usual.
func as(ctx context.Context, f *settings.Found, script func() (*pac.Script, error), m *pac.Machine) proxy.Choice {
	if f.Detect {
		if s, err := read(ctx, settings.WPAD); err == nil {
			return found(chosen(ctx, s, m, "the PAC file "+settings.WPAD+" ("+f.Source+")"))
		}
	}
	if f.Script != "" {
		from := "the PAC file " + withoutLogin(f.Script) + " (" + f.Source + ")"
		s, err := script()
		if err != nil {
			return fails(from, err)
		}
		return chosen(ctx, s, m, from)
	}
	choice, err := f.Fixed()
	if err != nil {
		return fails(f.Source, err)
	}
	return choice
}

// found marks proxies that anybody in the network may have named.
func found(choose proxy.Choice) proxy.Choice {
	return func(host string, port uint16) (proxy.Server, bool) {
		s, is := choose(host, port)
		s.Found = true
		return s, is
	}
}
