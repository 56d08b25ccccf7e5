package page

import (
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"whyport/report/phrase"
)

// Style is how a table is drawn; the zero value is plain ASCII at the default width.
type Style struct {
	Width   int // in columns; below minWidth: DefaultWidth
	Color   bool
	Unicode bool // borders and symbols beyond ASCII
	UTF8    bool // text beyond ASCII; otherwise it is escaped
	Quiet   bool // the answer only
	Verbose bool // the evidence, too
}

// Widths in columns.
const (
	DefaultWidth = 100
	minWidth     = 20
	maxWidth     = 300
)

// ColorModes say when colours are used, the default first.
func ColorModes() []string { return []string{"auto", "always", "never"} }

// DetectStyle finds out what a file can show. Env looks a variable up (os.LookupEnv), color is
// one of ColorModes and wins over the environment: NO_COLOR (no-color.org),
// CLICOLOR_FORCE and CLICOLOR (bixense.com/clicolors), TERM=dumb; COLUMNS sets the width.
func DetectStyle(w io.Writer, env func(string) (string, bool), color string) Style {
	f, _ := w.(*os.File)
	terminal := f != nil && term.IsTerminal(int(f.Fd()))
	s := Style{Width: DefaultWidth, Color: wantsColor(env, color, terminal), UTF8: true} // a file and a pipe take every byte
	if terminal {
		s.Unicode = utf8Console(env)
		s.UTF8 = s.Unicode
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			s.Width = columns
		}
		if s.Color && !enableColor(f) {
			s.Color = color == "always"
		}
	}
	if v, ok := env("COLUMNS"); ok {
		if columns, err := strconv.Atoi(v); err == nil && columns >= minWidth {
			s.Width = columns
		}
	}
	return s
}

func wantsColor(env func(string) (string, bool), color string, terminal bool) bool {
	switch color {
	case "always":
		return true
	case "never":
		return false
	}
	set := func(name string) string { v, _ := env(name); return v }
	switch force := set("CLICOLOR_FORCE"); {
	case set("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	case !terminal || set("TERM") == "dumb" || set("CLICOLOR") == "0":
		return false
	}
	return true
}

// utf8Locale reads the locale as POSIX orders it: LC_ALL, then LC_CTYPE, then LANG.
func utf8Locale(env func(string) (string, bool)) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v, _ := env(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// text is what the reader can take.
func (s Style) text(in string) string {
	if s.UTF8 || s.Unicode {
		return in
	}
	lines := strings.Split(in, "\n")
	for i := range lines {
		lines[i] = phrase.ASCII(arrows.Replace(lines[i]))
	}
	return strings.Join(lines, "\n")
}

// Plain is one line of text as the reader can take it.
func (s Style) Plain(in string) string { return s.text(in) }

// arrows are our own signs, which have a form in ASCII.
var arrows = strings.NewReplacer("→", "->", "✖", "X", "\u200b", "&#8203;")

func (s Style) width() int {
	if s.Width < minWidth {
		return DefaultWidth
	}
	return min(s.Width, maxWidth)
}
