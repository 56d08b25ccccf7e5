package usage

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/report/explain"
	"whyport/report/format"
	"whyport/report/page"
	"whyport/report/watch"
	"whyport/services"
	"whyport/services/profile"
	"whyport/services/wants"
)

// completion is what the shell's completion scripts append to the words before the one that is typed, and to that
// one if it begins with a hyphen.
const completion = "--generate-bash-completion"

// Complete answers a shell that asks what could come next; asked is false for every other command line.
func Complete(app *cli.App, fallback string, args []string) (words []string, asked bool) {
	if len(args) < 2 || args[len(args)-1] != completion {
		return nil, false
	}
	given := args[1 : len(args)-1]
	command := app.Command(fallback)
	i := firstWord(app, given)
	if i >= 0 {
		if named := app.Command(given[i]); named != nil {
			command = named
		}
	}
	if len(given) > 0 && strings.HasPrefix(given[len(given)-1], "-") {
		last := given[len(given)-1]
		if parts, ok := split(command.Flags, last); ok && parts[len(parts)-1].wants() {
			return Values(parts[len(parts)-1].flag.Names()[0]), true
		}
		return flagsLike(command.Flags, last), true
	}
	switch {
	case i < 0:
		for _, c := range app.Commands {
			words = append(words, c.Name)
		}
	case command.Name == "profiles":
		words = profile.Names()
	case command.Name == "explain":
		words = explain.Codes()
	}
	return words, true
}

// Values are the possible ones of a flag, the default first; nil where they can't be listed. Its check, its help and its
// completion read them here.
func Values(flag string) []string {
	switch flag {
	case "format":
		return format.Names()
	case "profile":
		return profile.Names()
	case "class":
		return services.ClassNames()[1:]
	case "require":
		return []string{wants.Any, wants.All}
	case "tls":
		return []string{string(probe.TLSAuto), string(probe.TLSAlways), string(probe.TLSNever)}
	case "until":
		return []string{string(watch.Met), string(watch.Changed)}
	case "color":
		return page.ColorModes()
	}
	return nil
}

// flagsLike are the long flags that begin with what is typed.
func flagsLike(flags []cli.Flag, typed string) (out []string) {
	for _, f := range append(slices.Clone(flags), &cli.BoolFlag{Name: "help"}) {
		if name := "--" + f.Names()[0]; strings.HasPrefix(name, typed) {
			out = append(out, name)
		}
	}
	return out
}
