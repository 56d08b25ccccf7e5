package usage

import "strings"

// exitCodes belongs to every help text.
const exitCodes = `
Exit codes:
   0  what is required can be used
   1  it can't be used: a port is closed, blocked, filtered or does not speak as it should
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

const flagList = `{{range $i, $e := .VisibleFlags}}
   {{$e}}{{end}}
`

// Help is the help text's template for a command, with its examples.
func Help(examples ...string) string { return help(exitCodes, examples) }

// PrintHelp is Help for a command that asks nothing of the network.
func PrintHelp(examples ...string) string { return help(printCodes, examples) }

func help(codes string, examples []string) string {
	return `{{.HelpName}}: {{.Usage}}

Usage:
   {{.UsageText}}
{{if .Description}}
{{.Description}}
{{end}}
Examples:
` + indent(examples) + `
Flags:` + flagList + codes
}

// AppHelp is the help text's template for the program as a whole: with the flags of the command that is meant
// where none is named.
func AppHelp(fallback string, examples ...string) string {
	return `{{.Name}}: {{.Usage}}

Usage:
   {{.UsageText}}

Examples:
` + indent(examples) + `
Commands:{{range .VisibleCommands}}{{if ne .Name "help"}}
   {{.Name}}{{"\t"}}{{.Usage}}{{end}}{{end}}

Flags:{{with .Command "` + fallback + `"}}` + flagList + `{{end}}   --version` + "\t" + `show the version
` + exitCodes + `
More: whyport COMMAND --help
`
}

func indent(lines []string) string {
	return "   " + strings.Join(lines, "\n   ") + "\n"
}
