package usage

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe/target"
	"whyport/services"
)

// nearest is the word that was probably meant: a few typing mistakes away, or the only one that begins so.
// It is "" rather than a guess.
func nearest(typed string, words []string) string {
	if near := services.Nearest(typed, slices.Values(words)); near != "" {
		return near
	}
	found := ""
	for _, w := range words {
		if len(typed) >= 3 && strings.HasPrefix(w, strings.ToLower(typed)) {
			if found != "" {
				return ""
			}
			found = w
		}
	}
	return found
}

// mistypedCommand is the error for a first word that is nearly a command and would otherwise be taken for
// a host. A host has a dot, a colon or a digit in most places; the error says how to insist.
func mistypedCommand(app *cli.App, word string) error {
	if strings.ContainsAny(word, ".:/[]0123456789") {
		return nil
	}
	near := services.Nearest(word, slices.Values(commandNames(app)))
	if near == "" || near == word {
		return nil
	}
	return New("did you mean whyport "+near+"? For a host of that name type: whyport check "+word,
		"%q is not a command", word)
}

func commandNames(app *cli.App) (names []string) {
	for _, c := range app.Commands {
		names = append(names, c.Names()...)
	}
	return names
}

func hasFlag(c *cli.Command, name string) bool {
	return slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
}

// unknownFlag is the error for a flag that the command does not have.
func unknownFlag(c *cli.Command, arg string) error {
	typed, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	names := []string{"help"}
	for _, f := range c.Flags {
		for _, n := range f.Names() {
			if len(n) > 1 {
				names = append(names, n)
			}
		}
	}
	instead := "see whyport " + c.Name + " --help"
	if near := nearest(typed, names); near != "" {
		instead = "did you mean --" + near + "?"
	}
	name, value, _ := strings.Cut(arg, "=")
	shown := target.Shown(name)
	if value != "" && strings.Trim(value, "0123456789") == "" { // other values may be a password that a flag of another program takes
		shown = strings.TrimSuffix(shown, `"`) + "=" + value + `"`
	}
	return New(instead, "whyport %s has no flag %s", c.Name, shown)
}
