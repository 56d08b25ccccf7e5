package usage

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"whyport/probe"
	"whyport/report/format"
	"whyport/report/outfile"
	"whyport/report/page"
	"whyport/report/phrase"
	"whyport/services"
)

// Style is how a table looks on out: as the flags say, else as out and the environment allow.
func Style(c *cli.Context, out io.Writer) page.Style {
	s := page.DetectStyle(out, os.LookupEnv, c.String("color"))
	s.Quiet, s.Verbose = c.Bool("quiet"), c.Bool("verbose")
	if c.Bool("ascii") {
		s.Unicode, s.UTF8 = false, false
	}
	return s
}

// PrintAnswer says after a report has gone to a file what it says and where it is; and what the report says that nobody gets,
// where standard output is closed.
func PrintAnswer(c *cli.Context, out, errOut *os.File, w *format.Writer) {
	s, where := page.DetectStyle(errOut, os.LookupEnv, "never"), ""
	switch {
	case toFile(c):
		where = "Written to " + s.Plain(phrase.Short(c.String("output"), 100)) + " (" + w.Format.Name + ")."
	case outfile.Nowhere(out) && !c.Bool("quiet"):
		where = "Standard output goes nowhere, and so did the report; -o FILE keeps it."
	}
	if where != "" && w.Answer != "" {
		fmt.Fprintf(errOut, "whyport: %s %s\n", s.Plain(w.Answer), where)
	}
}

// PrintWatched says after a watch that went to a file how it ended and where it is.
func PrintWatched(c *cli.Context, errOut *os.File, answer string) {
	if s := page.DetectStyle(errOut, os.LookupEnv, "never"); toFile(c) {
		fmt.Fprintf(errOut, "whyport: %s Written to %s.\n", answer, s.Plain(phrase.Short(c.String("output"), 100)))
	}
}

// Width is a terminal's, in columns; 0 where out is none: other programs read long lines better.
func Width(out io.Writer) int {
	if f, is := out.(*os.File); !is || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	return page.DetectStyle(out, os.LookupEnv, "never").Width
}

// Log turns on what --verbose shows on standard error: verdicts as they come, and what is wrong with services files.
func Log(errOut io.Writer, names *services.Registry) {
	slog.SetDefault(slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for _, p := range names.Problems() {
		slog.Warn("services file", "file", p.File, "line", p.Line, "problem", p.Text)
	}
}

// Progress is for people who watch; nil shows none.
func Progress(c *cli.Context, f format.Format, errOut *os.File, plan *probe.Plan) *page.Progress {
	if c.Bool("quiet") || c.Bool("verbose") || c.Bool("accessible") || f.Live || // whose lines are the progress
		!term.IsTerminal(int(errOut.Fd())) {
		return nil
	}
	total, least := 0, held(c)
	for _, t := range plan.Targets {
		if !t.Addr.IsValid() { // a name has as many results as addresses
			return page.NewProgress(errOut, page.Expected{Targets: len(plan.Targets), Least: least})
		}
		total += len(t.Candidates)
	}
	if rate := plan.Options.Rate; rate > 0 && probe.IsLarge(plan) {
		least = time.Duration(total) * time.Second / time.Duration(rate)
	}
	return page.NewProgress(errOut, page.Expected{Targets: len(plan.Targets), Results: total, Least: least})
}
