package usage

import (
	"cmp"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/target"
	"whyport/probe/verdict"
	"whyport/services"
	"whyport/services/profile"
	"whyport/services/wants"
)

// Plan makes of flags and arguments what is to be tested. Nothing is sent, but that name servers are asked for the servers of
// an e-mail address; every error is a usage error.
func Plan(c *cli.Context, names *services.Registry, stdin io.Reader) (plan probe.Plan, err error) {
	if plan.Options, err = options(c); err != nil {
		return plan, err
	}
	list := lists{names: names, require: c.String("require"), shared: map[hint]probe.Target{}}
	if err := list.read(c); err != nil {
		return plan, err
	}
	mail, typed, err := mailboxes(c, net.DefaultResolver, c.Args().Slice(), list.require)
	if err != nil {
		return plan, err
	}
	var targets []target.Target
	if len(typed) > 0 || len(mail) == 0 || c.IsSet("targets") {
		if targets, err = targetsOf(c, typed, stdin, list.portOf); err != nil {
			return plan, err
		}
	}
	without, err := excluded(c, names)
	if err != nil {
		return plan, err
	}
	plan.Options.Exclude, plan.Options.ExcludePort = without.addresses, without.port
	ports := 0
	for _, t := range mail {
		if t = without.ports(t); len(t.Candidates) > 0 {
			plan.Targets, ports = append(plan.Targets, t), ports+len(t.Candidates)
		}
	}
	for _, t := range targets {
		if without.has(t.Addr) {
			continue
		}
		planned := without.ports(list.target(t))
		if len(planned.Candidates) == 0 {
			continue
		}
		if ports += len(planned.Candidates); ports > probe.MaxPorts {
			return plan, New("test fewer ports or targets at once", "that is more than %d ports in all", probe.MaxPorts)
		}
		plan.Targets = append(plan.Targets, planned)
	}
	if len(plan.Targets) == 0 {
		return plan, New("leave some of it out of --exclude and of "+without.where(), "everything that is named is excluded")
	}
	return plan, tooManyProxied(&plan, ports)
}

func targetsOf(c *cli.Context, words []string, stdin io.Reader, portOf target.PortName) ([]target.Target, error) {
	var inputs []string
	for _, typed := range words {
		if err := addressOrPort(typed); err != nil && !c.IsSet("ports") {
			return nil, err
		}
		found, is, err := target.Settings(typed)
		if err != nil {
			return nil, err
		}
		if !is {
			found = []string{typed}
		}
		inputs = append(inputs, found...)
	}
	if c.IsSet("targets") {
		more, err := target.ReadFile(c.String("targets"), stdin, portOf)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, more...)
	}
	if len(inputs) == 0 {
		return nil, New("type a server: whyport server.example", "no target is named")
	}
	if err := bareNumbers(words); err != nil {
		return nil, err
	}
	found, err := target.All(inputs, portOf)
	if err != nil {
		return nil, err
	}
	for _, t := range found {
		if err := onion(t, c.IsSet("proxy")); err != nil {
			return nil, err
		}
		if err := interfaceOf(t); err != nil {
			return nil, err
		}
		if err := familyOf(t, c.Bool("ipv4"), c.Bool("ipv6")); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// bareNumbers answers for "host 443", as telnet and nc want it.
func bareNumbers(words []string) error {
	var hosts, numbers []string
	for _, w := range words {
		if w != "" && strings.Trim(w, "0123456789") == "" {
			numbers = append(numbers, w)
		} else {
			hosts = append(hosts, w)
		}
	}
	if len(numbers) == 0 || len(hosts) == 0 {
		return nil
	}
	host := strings.Join(hosts, " ")
	if strings.ContainsFunc(host, func(r rune) bool {
		return !strings.ContainsRune(" .-_:[]", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		host = "server.example" // what a shell would obey is not repeated for copying
	}
	return New("type the ports after -p: whyport "+host+" -p "+strings.Join(numbers, ","), "%q is a number, not a host", numbers[0])
}

// familyOf checks that an address is of the kind that -4 or -6 allows.
func familyOf(t target.Target, only4, only6 bool) error {
	switch {
	case !t.Addr.IsValid():
		return nil // a name: its addresses are chosen from
	case only4 && !t.Addr.Is4():
		return New("type an IPv4 address or a name, or leave --ipv4 out", "%s is an IPv6 address, and --ipv4 allows none", t.Addr)
	case only6 && t.Addr.Is4():
		return New("type an IPv6 address or a name, or leave --ipv6 out", "%s is an IPv4 address, and --ipv6 allows none", t.Addr)
	}
	return nil
}

// interfaceOf checks that an address's zone is an interface of this computer, by name or by number.
func interfaceOf(t target.Target) error {
	zone := t.Addr.Zone()
	if zone == "" {
		return nil
	}
	all, err := net.Interfaces()
	if err != nil {
		return nil // the connection will tell
	}
	var names []string
	for _, i := range all {
		if i.Name == zone || strconv.Itoa(i.Index) == zone {
			return nil
		}
		names = append(names, i.Name)
	}
	return New("type "+t.Addr.WithZone("").String()+"% and one of these: "+strings.Join(names, ", "), "this computer has no network "+
		"interface %q", zone)
}

// hint is what a target brings along for its ports.
type hint struct {
	port   uint16
	expect string
	page   bool // of a link with https://
	udp    bool
}

// lists are the ports that flags name, for all targets.
type lists struct {
	names    *services.Registry
	require  string
	ports    []profile.Port
	profiles []profile.Profile
	shared   map[hint]probe.Target // candidates and requirement, made once
}

func (l *lists) read(c *cli.Context) error {
	if err := Choice("--require", l.require, append([]string{""}, Values("require")...)...); err != nil {
		return err
	}
	if c.IsSet("ports") {
		if err := l.parse(c.String("ports")); err != nil {
			return err
		}
	}
	for _, name := range c.StringSlice("profile") {
		p, err := profile.Find(name)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(l.profiles, func(have profile.Profile) bool { return have.Name == p.Name }) {
			l.profiles = append(l.profiles, p)
		}
	}
	if c.IsSet("profile-file") {
		p, err := profile.Load(c.String("profile-file"))
		if err != nil {
			return err
		}
		l.profiles = append(l.profiles, p)
	}
	return nil
}

// parse reads a list of ports.
func (l *lists) parse(text string) error {
	found, err := l.names.ParsePorts(text)
	if err != nil {
		return err
	}
	l.ports = make([]profile.Port, 0, len(found))
	for _, e := range found {
		l.ports = append(l.ports, profile.Port{Port: e.Port, Protocol: e.Protocol})
	}
	return nil
}

// portOf is the first TCP port of a service's name, for targets such as server.example:https.
func (l *lists) portOf(name string) (uint16, bool) {
	found, err := l.names.ParsePorts(name + "/tcp")
	if err != nil || len(found) == 0 {
		return 0, false
	}
	return found[0].Port, true
}

// target gives a target its ports: the one that was written with it first, then those of -p and of
// profiles; the default profile where there is none of these.
func (l *lists) target(t target.Target) probe.Target {
	h := hint{t.Port, t.Expect, t.Page, t.UDP}
	out, made := l.shared[h]
	if !made {
		out = need(l.need(h), h)
		out.Application = l.application()
		l.shared[h] = out
	}
	out.Input, out.Host, out.Addr, out.ServerName = t.Input, t.Host, t.Addr, t.ServerName
	return out
}

// application is what the profiles are for that somebody named.
func (l *lists) application() string {
	var titles []string
	for _, p := range l.profiles {
		title := cmp.Or(p.Title, p.Name)
		if i := strings.IndexAny(title, ":,("); i > 0 { // what stands behind explains
			title = strings.TrimSpace(title[:i])
		}
		titles = append(titles, title)
	}
	return strings.Join(titles, " and ")
}

func (l *lists) need(h hint) profile.Need {
	named, profiles := l.ports, l.profiles
	if h.port != 0 {
		own := profile.Port{Port: h.port, Protocol: string(evidence.TCP), Expect: h.expect}
		if h.udp {
			own.Protocol = string(evidence.UDP)
		}
		named = append([]profile.Port{own}, named...)
	}
	if len(named) == 0 && len(profiles) == 0 {
		if common, err := profile.Find(profile.Default); err == nil {
			profiles = []profile.Profile{common}
		}
	}
	return profile.NeedOf(named, profiles, l.require)
}

const https = 443 // where TLS is wanted there, a page is

// need is the same in the probe's words.
func need(n profile.Need, h hint) (t probe.Target) {
	t.Candidates = make([]probe.Candidate, 0, len(n.Ports))
	for _, p := range n.Ports {
		t.Candidates = append(t.Candidates, probe.Candidate{
			Port: p.Port, Protocol: evidence.Protocol(p.Protocol), Expect: probe.Expect(p.Expect), Host: p.Host,
			Browser: p.Expect == wants.TLS && (p.Port == https || h.page && p.Port == h.port),
		})
	}
	t.Requirement.Mode = verdict.Mode(n.Mode)
	t.Notes = n.Notes
	for _, g := range n.Groups {
		t.Requirement.Groups = append(t.Requirement.Groups, verdict.Group{Name: g.Name, Mode: verdict.Mode(g.Mode), Members: g.Ports})
	}
	return t
}
