package report

import (
	"net/netip"
	"runtime"

	"whyport/probe"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// Header is a report without its targets; code is the run's exit code.
func Header(run *probe.Run, tool string, code int) *Document {
	d := &Document{
		SchemaVersion: SchemaVersion, Tool: Tool{Name: "whyport", Version: phrase.Clean(tool)},
		Started: timestamp(
			run.Started,
		), StartedLocal: localTime(run.Started), Duration: toMillis(run.Elapsed), Interrupted: run.Interrupted,
		Source:      Source{Hostname: text(run.Hostname), OS: runtime.GOOS, Addresses: addresses(run.Addresses), Proxy: proxyOf(run)},
		Requirement: Requirement{Mode: mode(run.Requirement)},
		Targets:     []Target{},
	}
	switch code {
	case ExitMet:
		d.Requirement.Met = new(true)
	case ExitNotMet:
		d.Requirement.Met = new(false)
	}
	return d
}

func addresses(in []netip.Addr) []string {
	out := []string{}
	for _, a := range in {
		out = append(out, phrase.Clean(a.String()))
	}
	return out
}

// mode is never empty: the zero value means any.
func mode(m verdict.Mode) string {
	if m == "" {
		return string(verdict.Any)
	}
	return string(m)
}
