package page

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"whyport/report/phrase"
)

// Live is a table on a terminal that is drawn again in its place. Nothing else may be written there meanwhile.
type Live struct {
	w     io.Writer
	look  func() (style Style, height int) // the window may have another size each time
	drawn int                              // lines that stand there
}

// LiveRow is one port over several tests.
type LiveRow struct {
	Label  string
	State  string
	Usable *bool // in the last test
	Lost   string
	Outage string // the longest
	Times  []Trial
}

// Trial is how a port fared in one test: how long it took to answer.
type Trial struct {
	Usable *bool
	Took   time.Duration
}

// NewLive is nil where f is no terminal, or one that can't move its cursor.
func NewLive(f *os.File, env func(string) (string, bool), color string) *Live {
	if kind, _ := env("TERM"); !term.IsTerminal(int(f.Fd())) || kind == "dumb" || !enableColor(f) {
		return nil
	}
	return &Live{w: f, look: func() (Style, int) {
		_, height, err := term.GetSize(int(f.Fd()))
		if err != nil || height < 10 {
			height = 24
		}
		return DetectStyle(f, env, color), height
	}}
}

// liveFrame is what stands around the rows: three lines, the heading, the line on what happens next, and the cursor's.
const liveFrame = 6

// Draw writes lines that stay and, below them, the table as it is now with a line on what happens next.
func (l *Live) Draw(above []string, rows []LiveRow, status string) error {
	var out bytes.Buffer
	if l.drawn > 0 {
		fmt.Fprintf(&out, "\r\x1b[%dA\x1b[J", l.drawn) // up, and clear from there on (ECMA-48: CUU, ED)
	}
	style, height := l.look()
	for _, s := range above {
		for i, line := range phrase.Wrap(style.text(s), style.width()-2) {
			out.WriteString(strings.Repeat("  ", min(i, 1)) + line + "\n")
		}
	}
	table, err := liveTable(rows, style, height-liveFrame)
	if err != nil {
		return err
	}
	for _, line := range phrase.Wrap(style.text(status), style.width()) {
		table += line + "\n"
	}
	l.drawn = strings.Count(table, "\n")
	out.WriteString(table)
	_, err = l.w.Write(out.Bytes()) // at once: nobody sees it half
	return err
}

// liveTable has at most so many rows; what is left over is counted.
func liveTable(rows []LiveRow, style Style, most int) (string, error) {
	left := len(rows) - min(len(rows), most-1)
	paint := newPaint(style.Color)
	var cells [][]cell
	for _, r := range rows[:len(rows)-left] {
		cells = append(cells, []cell{
			{text: r.Label}, {signsOf(style.Unicode).of(r.Usable) + " " + r.State, paint.of(r.Usable)}, {text: lastTime(r.Times)},
			{text: r.Lost}, {text: r.Outage}, {text: Sparkline(r.Times, style.Unicode)},
		})
	}
	var out bytes.Buffer
	cols := []column{{"port", 34, 0}, {"state", 16, 0}, {"time", 0, 3}, {"failed", 0, 2}, {"longest outage", 0, 1}, {"tests", 0, 0}}
	drawn, err := grid(&out, cols, cells, style)
	if err != nil {
		return "", err
	}
	if !drawn { // no room for a grid
		for _, c := range cells {
			for _, line := range phrase.Wrap(c[0].text+" "+c[1].text, style.width()) {
				out.WriteString(line + "\n")
			}
		}
	}
	if left > 0 {
		fmt.Fprintf(&out, "and %s\n", phrase.Count(left, "more port"))
	}
	return out.String(), nil
}

func lastTime(times []Trial) string {
	if n := len(times); n > 0 && times[n-1].Took > 0 {
		return phrase.Duration(times[n-1].Took)
	}
	return "-"
}

// mostTrials are drawn.
const mostTrials = 24

// Sparkline draws how long the last tests took, the slowest one highest; x is a test in which the port could not be used, ? one
// that did not tell.
func Sparkline(times []Trial, unicode bool) string {
	times = times[max(0, len(times)-mostTrials):]
	levels, fails := []rune("▁▂▃▄▅▆▇█"), '✖'
	if !unicode {
		levels, fails = []rune("_.-=+*#"), 'x'
	}
	var slowest time.Duration
	for _, t := range times {
		slowest = max(slowest, t.Took)
	}
	var b strings.Builder
	for _, t := range times {
		switch {
		case t.Usable == nil:
			b.WriteByte('?')
		case !*t.Usable:
			b.WriteRune(fails)
		case slowest == 0:
			b.WriteRune(levels[0])
		default:
			b.WriteRune(levels[int(t.Took*time.Duration(len(levels)-1)/slowest)])
		}
	}
	return b.String()
}
