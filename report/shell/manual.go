package shell

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/report/explain"
)

// Manual is what the manual page is made of.
type Manual struct {
	App     *cli.App // a command's examples are the lines of its Description
	Version string
	Date    string // of the program: 2026-01-02; "" where it is not known
	Exit    string // the exit codes, as the help has them
}

// WriteManual writes the manual page in roff's man macros (groff_man(7)).
func WriteManual(w io.Writer, m Manual) error {
	r := &roff{Writer: bufio.NewWriter(w)}
	r.macro("TH", "WHYPORT", "1", m.Date, "whyport "+m.Version, "User Commands")
	r.macro("SH", "NAME")
	r.text(m.App.Name + ` \- ` + escape(m.App.Usage))
	r.macro("SH", "SYNOPSIS")
	for i, line := range strings.Split(strings.Split(m.App.UsageText, "\n\n")[0], "\n") {
		if i > 0 {
			r.macro("br")
		}
		r.text(`.B ` + escape(strings.TrimSpace(line)))
	}
	r.macro("SH", "DESCRIPTION")
	r.text(escape("whyport opens TCP and TLS connections to a server's ports and asks what speaks there. For each port it says " +
		"whether it can be used. Where it can't, it says what stops it, where, whose that is, what to ask for, and how sure that is. " +
		"It needs no administrator rights."))
	r.paragraph(strings.TrimSpace(m.App.UsageText[strings.LastIndex(m.App.UsageText, "\n\n")+2:]))
	r.macro("SH", "COMMANDS")
	for _, c := range m.App.Commands {
		r.command(c, strings.TrimSpace(m.Exit))
	}
	r.macro("SH", "EXIT STATUS")
	r.text("Those of a check. A command whose codes are others has them in its own section.")
	r.preformatted(strings.TrimSpace(m.Exit))
	r.codes()
	r.macro("SH", "ENVIRONMENT")
	r.item("NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM", "Colours, beside --color.")
	r.item("HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY", "The proxy that is tried where the direct way fails.")
	r.item("WHYPORT_PROXY_LOGIN", "NAME:PASSWORD for the proxy, as the file of --proxy-login has it.")
	r.item("WHYPORT_SNMP_COMMUNITY", "The community for SNMP, as the file of --snmp-community has it.")
	r.item("WHYPORT_SANDBOX=off", "No sandbox. Elsewhere, on Linux with Landlock, a test opens no files but those that were named, the output's, and the "+
		"system's own (/etc, /usr, /proc, /sys, certificates), and starts no programs. whyport local and peer, --from and --bundle run without it. "+
		"whyport version --json and --verbose say what there is.")
	r.files()
	r.macro("SH", "SEE ALSO")
	r.text(escape("ss(8), traceroute(8), openssl-s_client(1ssl), tcpdump(8)"))
	return r.Flush()
}

// files are those of the configuration folder, which a person may write.
func (r *roff) files() {
	r.macro("SH", "FILES")
	r.text(escape("In the folder whyport of the configuration folder (Linux ~/.config, macOS ~/Library/Application Support, Windows %AppData%):"))
	r.item("profiles/NAME.yaml", "A profile of your own, for --profile NAME.")
	r.item("services", "Names of your own for ports, written as /etc/services is.")
	r.item("exclude", "Ports and addresses that nothing is ever sent to.")
	r.item("portal", "The page that whyport here asks, to see whether the network wants a login.")
}

// roff writes lines of it. An error of the writer shows at Flush.
type roff struct{ *bufio.Writer }

func (r *roff) text(line string) { fmt.Fprintln(r, line) }

func (r *roff) macro(name string, args ...string) {
	line := "." + name
	for _, a := range args {
		line += ` "` + strings.ReplaceAll(escape(a), `"`, `\(dq`) + `"`
	}
	r.text(line)
}

func (r *roff) paragraph(text string) {
	r.macro("PP")
	r.text(escape(text))
}

// item is a term and what it means.
func (r *roff) item(term, text string) {
	r.macro("TP")
	r.text(`.B ` + escape(term))
	r.text(escape(text))
}

func (r *roff) preformatted(text string) {
	r.macro("nf")
	for line := range strings.SplitSeq(text, "\n") {
		r.text(escape(line))
	}
	r.macro("fi")
}

// command has its own exit codes where they are not those of a check.
func (r *roff) command(c *cli.Command, codes string) {
	r.macro("SS", c.UsageText)
	r.text(escape(capital(c.Usage) + "."))
	for _, f := range c.Flags {
		r.item(flagTerm(f), flagUse(f))
	}
	if c.Description != "" {
		r.macro("PP")
		r.text("Examples:")
		r.preformatted(c.Description)
	}
	if i := strings.LastIndex(c.CustomHelpTemplate, "Exit codes:"); i >= 0 {
		if own := strings.TrimSpace(c.CustomHelpTemplate[i:]); own != codes {
			r.macro("PP")
			r.preformatted(own)
		}
	}
}

// flagTerm is a flag with its short form and what its value is called: "-p, --ports LIST".
func flagTerm(f cli.Flag) string {
	names := f.Names()
	term := "--" + names[0]
	if len(names) > 1 {
		term = "-" + names[1] + ", " + term
	}
	if d, ok := f.(cli.DocGenerationFlag); ok && d.TakesValue() {
		if _, rest, has := strings.Cut(d.GetUsage(), "`"); has {
			value, _, _ := strings.Cut(rest, "`")
			term += " " + value
		}
	}
	return term
}

func flagUse(f cli.Flag) string {
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return ""
	}
	use := strings.ReplaceAll(d.GetUsage(), "`", "")
	if value := d.GetDefaultText(); value != "" && d.TakesValue() {
		use += " (default: " + value + ")"
	}
	return capital(use) + "."
}

// codes explains what a report can say: its states, reasons, caveats and notes.
func (r *roff) codes() {
	for _, k := range explain.Kinds() {
		if k == explain.Rule {
			continue // whyport explain lists them
		}
		r.macro("SH", strings.ToUpper(string(k))+"S")
		for _, e := range explain.All() {
			if e.Is(k) {
				text := e.Means
				if e.Who != "" {
					text += " Who can mend it: " + e.Who
				}
				r.item(e.Code, text)
			}
		}
	}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// escape keeps roff from reading text as its own: a backslash, and a dot or an apostrophe at a line's beginning. A hyphen
// that is typed stays one.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\e`, `-`, `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
