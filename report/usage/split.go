package usage

import (
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"whyport/probe/target"
)

// part is one flag of an argument: -jp443 has two.
type part struct {
	flag  cli.Flag
	value string
	has   bool // a value came with it
}

func (p part) wants() bool { return !p.has && takesValue(p.flag) }

// split reads one argument that begins with a hyphen: --name, --name=value, -name, -n, -n443, -jn. It
// reports false if a flag in it is not known.
func split(flags []cli.Flag, arg string) ([]part, bool) {
	long := strings.HasPrefix(arg, "--")
	name, value, has := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
	if f := find(flags, name); f != nil {
		return []part{{f, value, has}}, true
	}
	if long || name == "" {
		return nil, false
	}
	var out []part
	for i, r := range name {
		f := find(flags, string(r))
		if f == nil {
			return nil, false
		}
		rest := name[i+len(string(r)):]
		if !takesValue(f) {
			out = append(out, part{flag: f})
			continue
		}
		switch {
		case rest == "":
			return append(out, part{f, value, has}), true
		case !has && rest[0] >= '0' && rest[0] <= '9': // only numbers: -port is a mistyped --ports, not "-p ort"
			return append(out, part{f, rest, true}), true
		}
		return nil, false
	}
	return out, !has
}

func find(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		for _, n := range f.Names() {
			if n == name {
				return f
			}
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

func repeatable(f cli.Flag) bool {
	s, ok := f.(cli.DocGenerationSliceFlag)
	return ok && s.IsSliceFlag()
}

func noValue(arg string, f cli.Flag) error {
	instead := "type a value behind it"
	if d, ok := f.(cli.DocGenerationFlag); ok {
		if placeholder := between(d.GetUsage(), '`'); placeholder != "" {
			instead = "type " + arg + " " + placeholder
		}
	}
	return New(instead, "%s has no value", arg)
}

// between is the text between two marks, as flags name their value in their help: "`FILE` to write".
func between(s string, mark byte) string {
	_, rest, ok := strings.Cut(s, string(mark))
	if !ok {
		return ""
	}
	word, _, _ := strings.Cut(rest, string(mark))
	return word
}

func givenTwice(name, first, second string) error {
	instead := "type --" + name + " once"
	both := first + "," + second
	plain := strings.NewReplacer("/tcp", "", "/udp", "").Replace(both)
	if name == "ports" && first != "" && second != "" && !strings.ContainsFunc(plain, notInPorts) {
		instead = "type one list: --ports " + both
	}
	return New(instead, "--%s is given twice", name)
}

func notInPorts(r rune) bool {
	return r != ',' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// BadValue turns the library's error about a flag's value into a usage error.
func BadValue(_ *cli.Context, err error, _ bool) error {
	text := err.Error()
	rest, ok := strings.CutPrefix(text, `invalid value "`)
	value, rest, cut := strings.Cut(rest, `" for flag -`)
	name, _, named := strings.Cut(rest, ":")
	if !ok || !cut || !named {
		return New("see whyport --help", "the command line can't be read: %s", text)
	}
	return New("type a whole number, such as --"+name+" 4", "--%s can't be %s", name, target.Shown(value))
}
