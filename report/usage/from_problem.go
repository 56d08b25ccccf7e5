package usage

import (
	"strings"

	"whyport/probe/remote"
	"whyport/report"
	"whyport/report/phrase"
)

// problemOf says why nothing, or not all, came from a host; nil where all did.
func problemOf(o remote.Outcome) *report.Problem {
	words := phrase.CleanTo(strings.TrimRight(o.Words, "."), 300)
	said := func(text string) string {
		if words == "" {
			return text
		}
		return text + ": " + words
	}
	problem := func(code, message, next string) *report.Problem {
		return &report.Problem{Code: code, Message: message, NextStep: next}
	}
	switch o.Kind {
	case remote.Done:
		switch o.Code {
		case report.ExitMet, report.ExitNotMet, report.ExitNotTested:
			return nil
		case report.ExitUsage:
			return problem("refused", said("whyport there does not take this command line"), "install this version there, or type --push")
		}
		return problem("failed", said("whyport there ended with an error"), "run it there by hand")
	case remote.NoLogin:
		return problem("no-login", said("ssh can't log in"), "log in by hand once, with ssh and this host's name")
	case remote.NoShell:
		return problem("no-shell", said("no POSIX shell answers there"), "use a host whose login runs sh; Windows hosts have none")
	case remote.NoProgram:
		return problem("no-program", "whyport is not there (the system is "+words+")",
			"install it there, name it with --from-path, or copy this one with --push")
	case remote.OtherSystem:
		return problem("other-system", "this program can't be copied there, since the system is another: "+words, "install whyport for it there")
	case remote.NoFolder:
		return problem("no-folder", said("no temporary folder can be made there"), "make room there, or set TMPDIR in its environment")
	case remote.NotCopied:
		return problem("not-copied", said("the copy of this program did not arrive whole"), "make room there, or install whyport there")
	case remote.NotRun:
		return problem("not-run", said("whyport is there but can't be run"), "check its file, and whether its folder allows programs")
	case remote.BrokenOff:
		return problem("broken-off", said("the connection ended in the middle"), "try again")
	case remote.TooSlow:
		return problem("too-slow", said("it took too long"), "try again, with fewer ports or --max-time")
	case remote.TooMuch:
		return problem("too-much", "more came from there than a report of this check has", "look at what whyport is there")
	case remote.Interrupted:
		return problem("interrupted", "interrupted", "run it again")
	}
	return problem("not-started", said("ssh could not be started"), "check the program ssh on this computer")
}

// unreadable is for what came from a host and is no report.
func unreadable(err error) *report.Problem {
	return &report.Problem{Code: "unreadable", Message: "what came from there is no report: " + phrase.CleanTo(err.Error(), 300),
		NextStep: "install this version of whyport there, or type --push"}
}
