package profile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"

	"whyport/services"
	"whyport/services/mistake"
	"whyport/services/wants"
)

const example = "write at least: groups: [{mode: any, ports: [443, 2000-2001]}]"

// keys are all that a profile's file can have, for "did you mean".
var keys = [...]string{"title", "source", "notes", "groups", "name", "mode", "expect", "host", "ports", "port"}

func (s scalar) checkExpect() error {
	known, protocols := wants.Expectations(), wants.Protocols()
	if s.at == nil || slices.Contains(known, s.text) || slices.Contains(protocols, s.text) {
		return nil
	}
	instead := "write one of " + strings.Join(
		known,
		", ",
	) + ", a protocol such as smb, mysql or sip, or leave expect out to accept what answers"
	if near := services.Nearest(s.text, slices.Values(protocols)); near != "" {
		instead = fmt.Sprintf("did you mean %s?", near)
	}
	return problemAt(s.at, "nothing is known of expect: "+services.Shown(s.text), instead)
}

func (s scalar) checkHost() error {
	if s.at == nil || s.text != "" && !strings.ContainsFunc(s.text, notInHost) {
		return nil
	}
	return problemAt(s.at, services.Shown(s.text)+" is not a host", "write a name or an address alone, such as relay.example")
}

func notInHost(c rune) bool { return c <= ' ' || c == 0x7f || strings.ContainsRune(`/\@"'<>?#`, c) }

// fits checks a group against those before it: a name comes once, and a port is expected to speak
// one thing only, which expected remembers.
func fits(before []Group, g Group, expected map[Port]string, text *groupText) error {
	sameName := func(b Group) bool { return g.Name != "" && strings.EqualFold(b.Name, g.Name) }
	if slices.ContainsFunc(before, sameName) {
		return problemAt(text.Name.at, "two groups have the name "+services.Shown(g.Name), "give each group a name of its own, or none")
	}
	for _, p := range g.Ports {
		if other, known := expected[p.place()]; known && other != p.Expect {
			return problemAt(
				text.Mode.at,
				fmt.Sprintf("%d/%s is expected to speak something else than in a group before", p.Port, p.Protocol),
				"write the same expect for it in both groups",
			)
		}
		expected[p.place()] = p.Expect
	}
	return nil
}

// problem is a mistake in a profile with its place, before the file's name is known.
type problem struct {
	said
	at *token.Token
}

type said = mistake.Error // embedded by a name that is not its method's

func problemAt(at *token.Token, what, instead string) error {
	return &problem{mistake.Error{Problem: what, Instead: instead}, at}
}

// located turns a mistake, ours or the YAML library's, into two sentences with file and line.
func located(name, origin string, err error) error {
	found, ok := errors.AsType[*problem](err)
	if !ok {
		found = fromLibrary(err)
	}
	where := "the profile " + services.ShownFile(origin)
	if origin == OriginBuiltIn {
		where = "the built-in profile " + name
	}
	if found.at != nil && found.at.Position != nil {
		where += fmt.Sprintf(", line %d, column %d", found.at.Position.Line, found.at.Position.Column)
	}
	return &mistake.Error{Problem: where + ": " + found.Problem, Instead: found.Instead}
}

// fromLibrary words the library's errors for people.
func fromLibrary(err error) *problem {
	in, ok := errors.AsType[yaml.Error](err)
	if !ok {
		return &problem{mistake.Error{Problem: "the file can't be understood as YAML", Instead: example}, nil}
	}
	at := in.GetToken()
	p := &problem{at: at}
	_, twice := in.(*yaml.DuplicateKeyError)
	_, syntax := in.(*yaml.SyntaxError)
	_, unknown := in.(*yaml.UnknownFieldError)
	switch {
	case unknown:
		p.Problem = "nothing is known of a key " + services.Shown(tokenText(at))
		p.Instead = "the keys are " + strings.Join(keys[:], ", ")
		if slices.Contains(keys[:], tokenText(at)) {
			p.Problem = "the key " + services.Shown(tokenText(at)) + " does not belong here"
			p.Instead = "at the top stand title, source, notes and groups; in a group name, mode, expect, host and ports; a " +
				"profile's own name is its file's"
		} else if near := services.Nearest(tokenText(at), slices.Values(keys[:])); near != "" {
			p.Instead = fmt.Sprintf("did you mean %s?", near)
		}
	// The parser reports a key that comes twice as a mistake of syntax.
	case twice, syntax && strings.Contains(in.GetMessage(), "already defined"):
		p.Problem = "the key " + services.Shown(tokenText(at)) + " stands here twice"
		p.Instead = "keep one of them"
	case syntax:
		p.Problem = fmt.Sprintf("this is not valid YAML (%s)", printable(in.GetMessage()))
		p.Instead = "look at indentation, quotes and brackets of that line and the one before it"
	default:
		p.Problem = services.Shown(tokenText(at)) + " is of the wrong kind here"
		p.Instead = "title and source are texts; notes, groups and ports are lists; a group holds mode and ports"
	}
	return p
}

func tokenText(t *token.Token) string {
	if t == nil {
		return ""
	}
	if len(t.Value) > 60 {
		return strings.ToValidUTF8(t.Value[:60], "") + "..."
	}
	return t.Value
}

// printable keeps of the library's message what a terminal can show on one line, and nothing where it repeats a link.
func printable(s string) string {
	if strings.ContainsAny(s, "@/") {
		return "a value"
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, s)
}
