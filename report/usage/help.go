package usage

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/report/phrase"
)

// exitCodes belongs to every help text.
const exitCodes = `
Exit codes:
   0  what is required can be used
   1  it can't be used: a port is closed, blocked, filtered or does not speak as
      it should
   2  the command line is wrong; nothing was sent
   3  it could not be tested: name not found, no network, interrupted
`

// printCodes are those of commands that ask nothing of the network.
const printCodes = `
Exit codes:
   0  done, also where nothing was found
   2  the command line is wrong
   3  it could not be written
`

// compareCodes are those of a comparison.
const compareCodes = `
Exit codes:
   0  no port differs
   1  a port differs
   2  the command line is wrong, or a report can't be read
   3  it could not be written
`

// exporterCodes are those of what answers Prometheus.
const exporterCodes = `
Exit codes:
   0  Ctrl-C ended it, or what --print names was written
   2  the command line is wrong, or the address can't be had
   3  it could not be written, or no longer answer
`

// hereCodes are those of a look at this computer's own network.
const hereCodes = `
Exit codes:
   0  there is a way out: a route, a gateway that is there, a name server
   1  there is none: no address, no route, nobody at the gateway's address, no
      name server answers, or the network wants a login first
   2  the command line is wrong; nothing was sent
   3  it was interrupted, or could not be written
`

// HereHelp is Help for a look at this computer's own network.
func HereHelp(flags []cli.Flag, examples ...string) string { return help(flags, hereCodes, examples) }

// ExporterHelp is Help for what answers Prometheus.
func ExporterHelp(flags []cli.Flag, examples ...string) string {
	return help(flags, exporterCodes, examples)
}

// Help is the help text's template for a command, with its examples.
func Help(flags []cli.Flag, examples ...string) string { return help(flags, exitCodes, examples) }

// PrintHelp is Help for a command that asks nothing of the network.
func PrintHelp(flags []cli.Flag, examples ...string) string { return help(flags, printCodes, examples) }

// CompareHelp is Help for a comparison.
func CompareHelp(flags []cli.Flag, examples ...string) string {
	return help(flags, compareCodes, examples)
}

func help(flags []cli.Flag, codes string, examples []string) string {
	return `{{.HelpName}}: {{.Usage}}

Usage:
   {{.UsageText}}

Examples:
` + indent(examples) + `
Flags:
` + flagLines(append(flags, &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show help"})) + codes
}

// AppHelp is the help text's template for the program as a whole: with the flags of the command that is meant
// where none is named.
func AppHelp(flags []cli.Flag, examples ...string) string {
	return `{{.Name}}: {{.Usage}}

Usage:
   {{.UsageText}}

Examples:
` + indent(examples) + `
Commands:{{range .VisibleCommands}}
   {{.Name}}{{"\t"}}{{.Usage}}{{end}}

Flags:
` + flagLines(append(flags, &cli.BoolFlag{Name: "version", Usage: "show the version"})) + exitCodes + `
More: whyport COMMAND --help
`
}

func indent(lines []string) string {
	return "   " + strings.Join(lines, "\n   ") + "\n"
}

// Columns of the flags' list, which fits a terminal of 80.
const (
	flagColumn  = 28
	flagText    = 49
	shortColumn = 4
)

// flagLines has for each flag its names, what its value is called, and what it is for.
func flagLines(flags []cli.Flag) string {
	var b strings.Builder
	for _, f := range flags {
		names := f.Names()
		head := strings.Repeat(" ", shortColumn)
		if len(names) > 1 {
			head = "-" + names[1] + ", "
		}
		head += "--" + names[0]
		text := ""
		if d, ok := f.(cli.DocGenerationFlag); ok {
			text = strings.ReplaceAll(d.GetUsage(), "`", "")
			if d.TakesValue() {
				head += " " + between(d.GetUsage(), '`')
				if value := d.GetDefaultText(); value != "" {
					text += " (default: " + value + ")"
				}
			}
		}
		if len(head) >= flagColumn {
			fmt.Fprintf(&b, "   %s\n", head)
			head = ""
		}
		for _, line := range phrase.Wrap(text, flagText) {
			fmt.Fprintf(&b, "   %-*s%s\n", flagColumn, head, line)
			head = ""
		}
	}
	return b.String()
}
