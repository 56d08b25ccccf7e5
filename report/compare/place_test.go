package compare_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"whyport/report"
	"whyport/report/compare"
)

// at is a place with its report, and whether the requirement is met there.
func at(name, group string, doc *report.Document) compare.Place {
	if doc != nil {
		doc.Requirement.Met = doc.Targets[0].Ports[0].Usable
	}
	return compare.Place{Name: name, Group: group, Doc: doc}
}

func unreached(name, group string) compare.Place {
	return compare.Place{Name: name, Group: group, Problem: &report.Problem{Code: "no-login", Message: "ssh can't log in: \x1b[2Jdenied", NextStep: "log in"}}
}

// stopped is silence, stopped at a device's address.
func stopped(from, device string, hops ...string) *report.Document {
	d := dropped("pc-"+from, from, "server-network", 0)
	p := &d.Targets[0].Ports[0]
	if p.Where.Address = nil; device != "" {
		p.Where.Address = new(device)
	}
	p.Path = &report.Path{}
	for i, h := range hops {
		p.Path.Hops = append(p.Path.Hops, report.Hop{TTL: i + 1, Address: new(h)})
	}
	return d
}

func refused(from string) *report.Document {
	return run("pc-"+from, from, "closed", "reset", "server", 0, false)
}

func otherAddress(d *report.Document) *report.Document {
	d.Targets[0].Ports[0].Address = new("203.0.113.99")
	return d
}

func TestSeparates(t *testing.T) {
	elsewhere := func() *report.Document { return open("dc1", "198.51.100.9") }
	inside := func() *report.Document { return open("dc1", "203.0.113.20") }
	home := func(from, party string) *report.Document { return dropped("pc-"+from, from, party, 1) }
	for name, c := range map[string]struct {
		places []compare.Place
		want   string
	}{
		"the data centre's firewall": {[]compare.Place{at("oslo", "offices", stopped("10.1.0.2", "")), at("bergen", "offices", stopped("10.2.0.2", "")),
			at("kiel", "offices", stopped("10.3.0.2", "")), at("dc1", "the data centre", inside())},
			"Fails from 3 of 3 offices (as found), works from the data centre: the firewall in front of the data centre, which is in the server's own network."},
		"its address, too": {[]compare.Place{at("a", "", stopped("10.1.0.2", "203.0.113.1")), at("b", "", stopped("10.2.0.2", "203.0.113.1")),
			at("dc1", "", inside())},
			"Fails from a and b (as found), works from dc1: the firewall in front of dc1, which is in the server's own network (all are stopped at 203.0.113.1)."},
		"one device": {[]compare.Place{at("a", "", stopped("10.1.0.2", "192.0.2.1")), at("b", "", stopped("10.2.0.2", "192.0.2.1")), at("c", "", elsewhere())},
			"what they share on their way (all are stopped at 192.0.2.1)."},
		"one last router": {[]compare.Place{at("a", "", stopped("10.1.0.2", "", "10.1.0.1", "192.0.2.1")),
			at("b", "", stopped("10.2.0.2", "", "10.2.0.1", "192.0.2.1")), at("c", "", elsewhere())}, "(all ways end behind the router 192.0.2.1)."},
		"nothing shared is seen": {[]compare.Place{at("a", "", stopped("10.1.0.2", "", "10.1.0.1")), at("b", "", stopped("10.2.0.2", "", "10.2.0.1")),
			at("c", "", elsewhere())}, "works from c: something that is on the way from all of them, or a rule for their addresses."},
		"one alone": {[]compare.Place{at("a", "", home("10.1.0.2", "local-network")), at("b", "", elsewhere()), at("c", "", elsewhere())},
			"Fails from a (as found), works from b and c: the network of a at hop 1."},
		"each at home": {[]compare.Place{at("a", "", home("10.1.0.2", "local-network")), at("b", "", home("10.2.0.2", "this-computer")),
			at("c", "", elsewhere())}, "each is stopped in its own network, so a rule that these have in common."},
		"the server's list": {[]compare.Place{at("a", "", refused("10.1.0.2")), at("b", "", refused("10.2.0.2")), at("c", "", elsewhere())},
			"its list of allowed addresses."},
		"other addresses": {[]compare.Place{at("a", "", otherAddress(stopped("10.1.0.2", "192.0.2.1"))),
			at("b", "", otherAddress(stopped("10.2.0.2", "192.0.2.1"))), at("c", "", elsewhere())}, "different addresses (203.0.113.7 and 203.0.113.99)"},
		"nowhere": {[]compare.Place{at("a", "", refused("10.1.0.2")), at("b", "", refused("10.2.0.2"))},
			"Fails from a and b (as found): the server itself, or what stands directly in front of it."},
		"near both": {[]compare.Place{at("a", "", stopped("203.0.113.21", "")), at("b", "", stopped("10.2.0.2", "")), at("dc1", "", inside())},
			"something that is on the way from all of them"},
		"some of a group": {[]compare.Place{at("a", "offices", stopped("10.1.0.2", "")), at("b", "offices", elsewhere()), unreached("c", "offices")},
			"Fails from 1 of 2 offices (a) (as found), works from 1 of 2 offices (b)"},
		"everywhere": {[]compare.Place{at("a", "", elsewhere()), at("b", "", elsewhere())}, ""},
		"unreached":  {[]compare.Place{at("a", "", elsewhere()), unreached("b", "")}, ""},
		"one is bad": {[]compare.Place{at("a", "", refused("10.1.0.2")), unreached("b", "")}, "Fails from a (as found)."},
	} {
		got := compare.Places(c.places).Ports[0].Meaning
		if !strings.HasSuffix(got, c.want) && !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestPlacesCode(t *testing.T) {
	good, bad := at("a", "", open("a", "10.1.0.2")), at("b", "", refused("10.1.0.3"))
	for name, c := range map[string]struct {
		places []compare.Place
		want   int
	}{
		"all": {[]compare.Place{good}, report.ExitMet}, "one not": {[]compare.Place{good, bad, unreached("c", "")}, report.ExitNotMet},
		"one unknown": {[]compare.Place{good, unreached("c", "")}, report.ExitNotTested}, "none": {nil, report.ExitNotTested},
	} {
		if got := compare.Places(c.places).Code(); got != c.want {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestPlacesWritten(t *testing.T) {
	few := []compare.Place{at("oslo", "", stopped("10.1.0.2", "")), at("here", "", open("dc1", "198.51.100.9")), unreached("kiel", "")}
	many := few
	for i := range 50 {
		many = append(many, at(fmt.Sprintf("office-%02d", i), "", stopped("10.1.0.2", "")))
	}
	for _, c := range []struct {
		places []compare.Place
		format string
		want   []string
	}{
		{few, "table", []string{"! server.example 443/tcp  filtered  open  unknown", `kiel: ssh can't log in: \x1b[2Jdenied. Next: log in.`,
			"1 of 3 places has what is needed; 1 has not; 1 could not be tested."}},
		{many, "table", []string{"  filtered (51): oslo, office-00,", " and 31 more\n", "  unknown (1): kiel", "Fails from 51 of 52 places (oslo, "}},
		{few, "markdown", []string{"| port | oslo | here | kiel |", "| ! server.example 443/tcp | filtered | open | unknown |", `- kiel: ssh can't log in`}},
		{many, "markdown", []string{"| ! server.example 443/tcp | filtered (51) | oslo, office-00", "|  | open (1) | here |"}},
		{few, "json", []string{`"problem": {`, `"code": "no-login"`, `"met": false`, `"state": "unknown"`}},
	} {
		var b bytes.Buffer
		if err := compare.Places(c.places).Write(&b, c.format, 0); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s of %d has no %q:\n%s", c.format, len(c.places), want, b.String())
			}
		}
		if strings.Contains(b.String(), "\x1b") || c.format == "json" && !json.Valid(b.Bytes()) {
			t.Error("it drives the terminal, or is no JSON")
		}
	}
	var b bytes.Buffer
	if err := compare.Places(many).Write(&b, "table", 60); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if len(line) > 61 {
			t.Errorf("wider than 60: %q", line)
		}
	}
}

// TestForeignNamesAreShown: a report may come from anywhere, and its computer's name drives no terminal.
func TestForeignNamesAreShown(t *testing.T) {
	evil := run("\x1b[2Jpc", "\x1b[2J10.1.0.2", "filtered", "no-response", "local-network", 2, false)
	evil.Targets[0].Ports[0].Address = new("\x1b[2J")
	for _, format := range compare.Formats() {
		var b bytes.Buffer
		if err := compare.Of([]string{"a", "b"}, []*report.Document{open("pc", "198.51.100.9"), evil}).Write(&b, format, 0); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s: %q", format, b.String())
		}
	}
}
