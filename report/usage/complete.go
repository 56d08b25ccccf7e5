package usage

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/report/explain"
	"whyport/report/shell"
	"whyport/services"
	"whyport/services/profile"
)

// Complete answers a shell that asks what could come next: whyport --complete WORD... TYPED, with what stands before and
// the word that is being typed, which may be empty. No words: the shell offers files. asked is false for every other
// command line.
func Complete(app *cli.App, fallback string, names *services.Registry, args []string) (words []string, asked bool) {
	if len(args) < 2 || args[1] != shell.Question {
		return nil, false
	}
	c := completer{names: names}
	before := args[2:]
	if len(before) > 0 {
		// One space stands for nothing: Windows PowerShell leaves empty arguments out.
		before, c.typed = before[:len(before)-1], strings.TrimSpace(before[len(before)-1])
	}
	command, i := app.Command(fallback), firstWord(app, before)
	if i >= 0 {
		if named := app.Command(before[i]); named != nil {
			command = named
		}
	}
	switch flag, value, has := strings.Cut(c.typed, "="); {
	case slices.Contains(before, "--"):
	case len(before) > 0 && c.awaits(command.Flags, before[len(before)-1]):
		c.values(flagNamed(command.Flags, before[len(before)-1]), "", c.typed)
	case has && strings.HasPrefix(flag, "-"):
		c.values(flagNamed(command.Flags, flag), flag+"=", value)
	case strings.HasPrefix(c.typed, "-"):
		c.offer("", c.typed, longFlags(command.Flags)...)
	case i < 0:
		for _, one := range app.Commands {
			c.offer("", c.typed, one.Name)
		}
	default:
		c.arguments(command.Name)
	}
	return c.words, true
}

// completer gathers what could stand for the word that is typed.
type completer struct {
	names *services.Registry
	typed string
	words []string
}

// offer adds the words that begin with what is typed, each behind what stands before it in the same argument.
func (c *completer) offer(before, typed string, words ...string) {
	for _, w := range words {
		if strings.HasPrefix(w, typed) && !slices.Contains(c.words, before+w) {
			c.words = append(c.words, before+w)
		}
	}
}

// awaits reports whether the word before is a flag whose value comes now.
func (c *completer) awaits(flags []cli.Flag, before string) bool {
	if !strings.HasPrefix(before, "-") {
		return false
	}
	parts, ok := split(flags, before)
	return ok && parts[len(parts)-1].wants()
}

// flagNamed is the name of the flag that an argument such as -jp ends with; "" for none.
func flagNamed(flags []cli.Flag, arg string) string {
	parts, ok := split(flags, arg)
	if !ok {
		return ""
	}
	return parts[len(parts)-1].flag.Names()[0]
}

// values offers those of a flag; of a list the last element is completed.
func (c *completer) values(flag, before, typed string) {
	if flag == "ports" {
		end := strings.LastIndexByte(typed, ',') + 1
		c.offer(before+typed[:end], typed[end:], c.names.NamesLike(typed[end:])...)
		return
	}
	c.offer(before, typed, Values(flag)...)
}

// arguments offers a command's.
func (c *completer) arguments(command string) {
	switch command {
	case "profiles":
		c.offer("", c.typed, profile.Names()...)
	case "explain":
		c.offer("", c.typed, explain.Codes()...)
	case "services", "local":
		c.offer("", c.typed, c.names.NamesLike(c.typed)...)
	case "schema":
		c.offer("", c.typed, "local")
	case "completion":
		c.offer("", c.typed, shell.Names()...)
	}
}

// longFlags are all of a command, with the two dashes.
func longFlags(flags []cli.Flag) (out []string) {
	for _, f := range append(slices.Clone(flags), &cli.BoolFlag{Name: "help"}) {
		out = append(out, "--"+f.Names()[0])
	}
	return out
}
