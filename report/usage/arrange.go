package usage

import (
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"whyport/probe/target"
	"whyport/report/explain"
)

// Arrange turns a command line as people type it into the only order that the library reads: command,
// flags, "--", the rest. Without a command fallback is meant. It refuses what the library would take
// for a host without a word: mistyped commands and flags, a flag without its value or given twice.
func Arrange(app *cli.App, fallback string, args []string) ([]string, error) {
	if len(args) < 2 {
		return args, nil
	}
	program, rest := args[:1:1], respelt(args[1:])
	i := firstWord(app, rest)
	if i < 0 && asked(rest, "--help", "-h") {
		return append(program, "--help"), nil
	}
	if i < 0 && asked(rest, "--version") {
		return append(program, "--version"), nil
	}
	command := app.Command(fallback)
	if i == 0 {
		if err := otherProgram(rest); err != nil {
			return nil, err
		}
	}
	if i >= 0 {
		word := rest[i]
		if word == helpWord {
			return helpTopic(app, program, rest[i+1:])
		}
		if named := app.Command(word); named != nil {
			command, rest = named, slices.Concat(rest[:i], rest[i+1:])
		} else if err := mistypedCommand(app, word); err != nil {
			return nil, err
		}
	}
	a := arranger{command: command, given: map[string]string{}}
	if err := a.read(rest); err != nil {
		return nil, err
	}
	if a.help {
		return append(program, command.Name, "--help"), nil
	}
	return slices.Concat(program, []string{command.Name}, a.flags, []string{"--"}, a.words), nil
}

// asked reports whether one of the flags stands before a "--".
func asked(args []string, flags ...string) bool {
	for _, a := range args {
		if a == "--" {
			return false
		}
		if slices.Contains(flags, a) {
			return true
		}
	}
	return false
}

// helpWord before a command is its --help.
const helpWord = "help"

// helpTopic turns "help services" into "services --help".
func helpTopic(app *cli.App, program, rest []string) ([]string, error) {
	if len(rest) == 0 {
		return append(program, "--help"), nil
	}
	if c := app.Command(rest[0]); c != nil {
		return append(program, c.Name, "--help"), nil
	}
	instead := "see whyport --help for the commands, and whyport explain for the codes of a report"
	_, isCode := explain.Find(rest[0])
	switch near, flag := nearest(rest[0], commandNames(app)), strings.TrimLeft(rest[0], "-"); {
	case near != "":
		return nil, New("did you mean whyport help "+near+"?", "%s is not a command", target.Shown(rest[0]))
	case hasFlag(app.Command("check"), flag):
		instead = "--" + flag + " is a flag of a check: whyport check --help"
	case isCode:
		instead = "type whyport explain " + rest[0]
	}
	return nil, New(instead, "there is no help for %s", target.Shown(rest[0]))
}

// firstWord is the index of the first argument that is neither a flag nor a flag's value, -1 if there is
// none before a "--". A flag takes a value, or not, in every command that has it.
func firstWord(app *cli.App, args []string) int {
	var all []cli.Flag
	for _, c := range app.Commands {
		all = append(all, c.Flags...)
	}
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			return -1
		case a == "-" || !strings.HasPrefix(a, "-"):
			return i
		}
		if parts, ok := split(all, a); ok && parts[len(parts)-1].wants() {
			i++
		}
	}
	return -1
}

// arranger reads one command's arguments.
type arranger struct {
	command *cli.Command
	flags   []string // --name or --name=value
	words   []string
	given   map[string]string
	help    bool
}

func (a *arranger) read(args []string) error {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			a.words = append(a.words, args[i+1:]...)
			return nil
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			if list := find(a.command.Flags, "targets"); list != nil && listFile(arg) != "" {
				if err := a.add(arg, part{list, listFile(arg), true}); err != nil {
					return err
				}
				continue
			}
			a.words = append(a.words, arg)
			continue
		case arg == "--help" || arg == "-h":
			a.help = true
			return nil
		}
		parts, ok := split(a.command.Flags, arg)
		if i+1 < len(args) && ok && a.intervalOf(parts, args[i+1]) {
			i++
		}
		if !ok {
			return unknownFlag(a.command, arg)
		}
		if last := &parts[len(parts)-1]; last.wants() {
			if i+1 == len(args) || a.isFlag(args[i+1]) {
				return noValue(arg, last.flag)
			}
			i++
			last.value, last.has = args[i], true
			for last.flag.Names()[0] == "ports" && i+1 < len(args) && morePorts(args[i+1]) { // -p 443 587
				i++
				last.value += "," + args[i]
			}
		}
		for _, p := range parts {
			if err := a.add(arg, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// intervalOf takes a time behind a flag that can have one or none (--watch 30): no host is a number alone.
func (a *arranger) intervalOf(parts []part, next string) bool {
	last := parts[len(parts)-1]
	name := last.flag.Names()[0]
	_, err := time.ParseDuration(next)
	if last.has || find(a.command.Flags, name+interval) == nil || err != nil && strings.Trim(next, "0123456789") != "" || next == "" {
		return false
	}
	a.flags = append(a.flags, "--"+name+interval+"="+next)
	return true
}

// interval ends the name of the flag that takes such a time.
const interval = "-interval"

// isFlag tells a forgotten value from one that begins with a hyphen, such as "-" for all ports.
func (a *arranger) isFlag(arg string) bool {
	if arg == "--help" || arg == "--" {
		return true
	}
	_, ok := split(a.command.Flags, arg)
	return ok && len(arg) > 1 && arg[0] == '-'
}

func (a *arranger) add(arg string, p part) error {
	name := p.flag.Names()[0]
	if companion := find(a.command.Flags, name+interval); p.has && companion != nil && p.value != "" && p.value != "true" { // --watch=30
		a.flags = append(a.flags, "--"+name+interval+"="+p.value)
		p = part{flag: p.flag}
	}
	if more := find(a.command.Flags, name+"-"+p.value); p.has && p.value != "" && more != nil && !takesValue(p.flag) { // --redact=target
		p, name = part{flag: more}, name+"-"+p.value
	}
	if before, twice := a.given[name]; twice && !repeatable(p.flag) {
		return givenTwice(name, before, p.value)
	}
	a.given[name] = p.value
	switch {
	case !p.has:
		a.flags = append(a.flags, "--"+name)
	case p.value == "" && takesValue(p.flag) && name != "ports": // of which there is a list, and it is empty
		return noValue("--"+name, p.flag)
	case !takesValue(p.flag) && p.value != "true" && p.value != "false":
		return New("type --"+name+" alone", "--%s takes no value, and one is given", name)
	default:
		a.flags = append(a.flags, "--"+name+"="+p.value)
	}
	return nil
}
