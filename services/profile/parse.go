package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"whyport/services"
	"whyport/services/mistake"
	"whyport/services/wants"
)

// file is a profile as it is written.
type file struct {
	Title  string      `yaml:"title"`
	Source string      `yaml:"source"`
	Notes  []string    `yaml:"notes"`
	Groups []groupText `yaml:"groups"`
}

type groupText struct {
	Name   scalar     `yaml:"name"`
	Mode   scalar     `yaml:"mode"`
	Expect scalar     `yaml:"expect"` // of the group's TCP ports that say nothing else
	Host   scalar     `yaml:"host"`   // of the group's ports that say nothing else
	Ports  []portText `yaml:"ports"`
}

// portText is one item of ports: 443, 2000-2001/udp, or a map with the same under "port".
type portText struct {
	Port   scalar `yaml:"port"`
	Expect scalar `yaml:"expect"`
	Host   scalar `yaml:"host"`
}

// scalar is a value as it was typed (YAML would make 010 eight), with its place.
type scalar struct {
	text string
	at   *token.Token
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (s *scalar) UnmarshalYAML(n ast.Node) error {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
		s.at = n.GetToken()
		s.text = s.at.Value
		return nil
	}
	return problemAt(n.GetToken(), "a word or a number is expected here", "write one, such as 443")
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (t *portText) UnmarshalYAML(n ast.Node) error {
	if _, isMap := n.(*ast.MappingNode); isMap {
		type plain portText // without this method
		return yaml.NodeToValue(n, (*plain)(t), yaml.Strict())
	}
	return t.Port.UnmarshalYAML(n)
}

// parse makes a profile of a file's text. The error is a *mistake.Error.
func parse(name, origin string, text []byte) (Profile, error) {
	var f file
	if err := checkDepth(text); err != nil {
		return Profile{}, located(name, origin, err)
	}
	in := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := in.Decode(&f); errors.Is(err, io.EOF) {
		return Profile{}, located(name, origin, problemAt(nil, "the file is empty", example))
	} else if err != nil {
		return Profile{}, located(name, origin, err)
	}
	if err := in.Decode(&file{}); !errors.Is(err, io.EOF) {
		return Profile{}, located(
			name,
			origin,
			problemAt(nil, "the file holds more than one YAML document", "keep one profile a file, without a line of ---"),
		)
	}
	expected := map[Port]string{}
	p := Profile{Name: name, Title: f.Title, Source: f.Source, Notes: f.Notes, Origin: origin}
	if len(f.Groups) == 0 {
		return Profile{}, located(name, origin, problemAt(nil, "it has no groups", example))
	}
	if len(f.Groups) > maxGroups {
		return Profile{}, located(
			name,
			origin,
			problemAt(
				f.Groups[maxGroups].Mode.at,
				fmt.Sprintf("it has more than %d groups", maxGroups),
				"put ports that belong together into one group",
			),
		)
	}
	left := maxPorts
	for i := range f.Groups {
		g, err := f.Groups[i].group(i+1, &left)
		if err != nil {
			return Profile{}, located(name, origin, err)
		}
		if err := fits(p.Groups, g, expected, &f.Groups[i]); err != nil {
			return Profile{}, located(name, origin, err)
		}
		p.Groups = append(p.Groups, g)
	}
	return p, nil
}

// maxPorts bounds the ports of a profile, in all groups: every port of TCP and UDP twice.
const maxPorts = 4 * 65535

// group checks and expands the n-th group, of which left ports may be listed.
func (t *groupText) group(n int, left *int) (Group, error) {
	g := Group{Name: t.Name.text, Mode: t.Mode.text}
	if !slices.Contains(wants.Modes(), g.Mode) {
		problem := fmt.Sprintf("the mode of group %d is %s", n, services.Shown(g.Mode))
		if g.Mode == "" {
			problem = fmt.Sprintf("group %d has no mode", n)
		}
		return g, problemAt(t.Mode.at, problem, "write mode: any (one port is enough), all or optional")
	}
	if err := t.Expect.checkExpect(); err != nil {
		return g, err
	}
	if err := t.Host.checkHost(); err != nil {
		return g, err
	}
	if len(t.Ports) == 0 {
		return g, problemAt(t.Mode.at, fmt.Sprintf("group %d has no ports", n), "add a line such as ports: [443, 2000-2001, 53/udp]")
	}
	// Without overlays: a profile means the same on every computer.
	registry := services.New()
	seen := map[Port]bool{}
	for i := range t.Ports {
		ports, err := t.Ports[i].expand(registry, t)
		if err != nil {
			return g, err
		}
		if *left -= len(ports); *left < 0 {
			return g, problemAt(
				t.Ports[i].Port.at,
				fmt.Sprintf("up to here the profile lists more than %d ports", maxPorts),
				"list each port once",
			)
		}
		for _, p := range ports {
			if key := p.place(); !seen[key] {
				seen[key] = true
				g.Ports = append(g.Ports, p)
			}
		}
	}
	return g, nil
}

// place is the port without what it is expected to speak, to find it again.
func (p Port) place() Port {
	return Port{Port: p.Port, Protocol: p.Protocol, Host: strings.ToLower(p.Host)}
}

// expand makes ports of one item.
func (t *portText) expand(registry *services.Registry, group *groupText) ([]Port, error) {
	if err := t.Expect.checkExpect(); err != nil {
		return nil, err
	}
	if err := t.Host.checkHost(); err != nil {
		return nil, err
	}
	switch t.Port.text {
	case "":
		return nil, problemAt(group.Ports[0].Port.at, "an item of ports has no port", "write a port such as 443, or remove the item")
	case "-":
		return nil, problemAt(t.Port.at, `"-" is an item of ports`, "write a port such as 443, or 1-65535 for all of them")
	}
	endpoints, err := registry.ParsePorts(t.Port.text)
	if err != nil {
		if u, ok := errors.AsType[*mistake.Error](err); ok {
			return nil, problemAt(t.Port.at, u.Problem, u.Instead)
		}
		return nil, err
	}
	host := t.Host.text
	if host == "" {
		host = group.Host.text
	}
	ports := make([]Port, len(endpoints))
	for i, e := range endpoints {
		ports[i] = Port{Port: e.Port, Protocol: e.Protocol, Host: host}
		if e.Protocol == "udp" {
			if t.Expect.text != "" {
				return nil, problemAt(
					t.Expect.at,
					fmt.Sprintf("%d/udp can't be expected to speak %s, which needs TCP", e.Port, t.Expect.text),
					"remove expect, or write the port without /udp",
				)
			}
			continue
		}
		ports[i].Expect = t.Expect.text
		if t.Expect.text == "" {
			ports[i].Expect = group.Expect.text
		}
	}
	return ports, nil
}
