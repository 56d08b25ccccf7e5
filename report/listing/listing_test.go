package listing_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"whyport/report/listing"
	"whyport/services"
	"whyport/services/profile"
	"whyport/services/wants"
)

func text(t *testing.T, print func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func found(t *testing.T, names *services.Registry, queries ...string) (all []services.Service) {
	t.Helper()
	for _, q := range queries {
		s, err := names.Query(q)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s...)
	}
	return all
}

// Every number is answered honestly: named, reserved, unassigned, dynamic.
func TestServicesSayWhatANumberIs(t *testing.T) {
	names := services.New()
	for query, want := range map[string]string{
		"443/tcp":   "443/tcp https well-known Web with encryption (HTTPS); http protocol over TLS/SSL",
		"3389/tcp":  "3389/tcp ms-wbt-server registered Remote Desktop (RDP); MS WBT Server",
		"0":         "0/tcp - well-known reserved by IANA",
		"4/tcp":     "4/tcp - well-known unassigned: IANA has no service for it",
		"50000":     "50000/tcp - dynamic dynamic: any program may use it, none has it for itself",
		"4321/sctp": "4321/sctp - registered not in IANA's registry",
	} {
		got := text(t, func(w io.Writer) error { return listing.Services(w, names, found(t, names, query), 0, false) })
		row := strings.Fields(strings.Split(got, "\n")[1])
		if len(row) > 2 { // without the aliases
			row[1] = strings.TrimSuffix(row[1], ",")
			for len(row) > 2 && !strings.Contains(want, row[1]+" "+row[2]) {
				row = append(row[:2], row[3:]...)
			}
		}
		if line := strings.Join(row, " "); line != want {
			t.Errorf("%s: %s\nwant %s", query, line, want)
		}
	}
	if got := text(t, func(w io.Writer) error { return listing.Services(w, names, nil, 0, false) }); got != "Nothing found.\n" {
		t.Errorf("%q", got)
	}
}

// The JSON is one object with every field, in ASCII; an empty list is a list.
func TestServicesAsJSON(t *testing.T) {
	over, err := services.ReadOverlay(strings.NewReader("b\u00fcro 47001/tcp # \U0001f5a8 \x1b[31m\n"), services.SourceUser)
	if err != nil {
		t.Fatal(err)
	}
	names := services.New(over)
	got := text(t, func(w io.Writer) error { return listing.Services(w, names, found(t, names, "47001/tcp", "0"), 0, true) })
	if strings.ContainsFunc(got, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' }) {
		t.Errorf("not ASCII: %q", got)
	}
	var doc struct {
		Version  string `json:"schema_version"`
		Services []map[string]any
	}
	if err := json.Unmarshal([]byte(got), &doc); err != nil || len(doc.Services) != 2 || doc.Version == "" {
		t.Fatalf("%v: %s", err, got)
	}
	if s := doc.Services[0]; s["port"] != 47001.0 || s["protocol"] != "tcp" || s["class"] != "registered" || s["source"] != "user" {
		t.Errorf("%v", s)
	}
	if s := doc.Services[1]; s["name"] != nil || s["status"] != "reserved" {
		t.Errorf("%v", s)
	}
	if got := text(t, func(w io.Writer) error { return listing.Services(w, names, nil, 0, true) }); !strings.Contains(got, `"services": []`) {
		t.Error(got)
	}
}

// A file of somebody else's can't drive the terminal.
func TestForeignTextIsHarmless(t *testing.T) {
	p := profile.Profile{Name: "x\x1b[2J", Title: "t\x07", Origin: "/f\u202e", Notes: []string{"n\x1b"}, Source: "s\u009b",
		Groups: []profile.Group{{Name: "g\x1b", Mode: wants.All, Ports: []profile.Port{{Port: 443, Protocol: "tcp", Host: "h\x1b"}}}}}
	for _, asJSON := range []bool{false, true} {
		for _, show := range []func(io.Writer, *services.Registry, []profile.Profile, int, bool) error{listing.Profiles, listing.ProfileDetails} {
			got := text(t, func(w io.Writer) error { return show(w, services.New(), []profile.Profile{p}, 0, asJSON) })
			if strings.ContainsAny(got, "\x1b\x07\u009b\u202e") {
				t.Errorf("%q", got)
			}
		}
	}
}

// A profile in full says of each group how it is needed, and of each port what it must speak.
func TestProfileDetails(t *testing.T) {
	p := profile.Profile{Name: "own", Title: "Our own", Origin: "/home/me/own.yaml", Source: "us", Notes: []string{"mind the gap"}, Groups: []profile.Group{
		{Name: "server", Mode: wants.Any, Ports: []profile.Port{{Port: 443, Protocol: "tcp", Expect: wants.TLS}}},
		{Mode: wants.All, Ports: []profile.Port{{Port: 587, Protocol: "tcp", Expect: wants.StartTLS, Host: "mail.example"}}},
		{Name: "more", Mode: wants.Optional, Ports: []profile.Port{{Port: 22, Protocol: "tcp", Expect: wants.SSH}, {Port: 9100, Protocol: "tcp", Expect: wants.Plain}}},
	}}
	got := text(t, func(w io.Writer) error {
		return listing.ProfileDetails(w, services.New(), []profile.Profile{p}, 0, false)
	})
	for _, want := range []string{
		"own: Our own\n", "server, one is enough, the first is preferred:\n", "\nevery one is needed:\n", "more, reported, but not needed:\n",
		"443/tcp  https  TLS\n", "587/tcp  submission  STARTTLS  at mail.example\n", "SSH\n", "a connection is enough\n",
		"Note: mind the gap\n", "Source: us\n", "File: /home/me/own.yaml\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	asJSON := text(t, func(w io.Writer) error { return listing.Profiles(w, services.New(), []profile.Profile{p}, 0, true) })
	var doc struct {
		Profiles []struct {
			Name   string
			Groups []struct {
				Name *string
				Mode string
			}
		}
	}
	if err := json.Unmarshal([]byte(asJSON), &doc); err != nil || len(doc.Profiles) != 1 || doc.Profiles[0].Groups[1].Name != nil || doc.Profiles[0].Groups[2].Mode != "optional" {
		t.Errorf("%v: %s", err, asJSON)
	}
}

// On a terminal no line is longer than it is wide, and no word is lost; elsewhere a service is one line.
func TestWidth(t *testing.T) {
	names := services.New()
	all := found(t, names, "443", "3389", "1433", "x11")
	for _, width := range []int{0, 60, 80, 200} {
		got := text(t, func(w io.Writer) error { return listing.Services(w, names, all, width, false) })
		lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
		for _, line := range lines {
			if width > 0 && len(line) > width {
				t.Errorf("%d columns: %q has %d", width, line, len(line))
			}
		}
		if width == 0 && len(lines) != len(all)+3 {
			t.Errorf("%d lines for %d services:\n%s", len(lines), len(all), got)
		}
		for _, word := range []string{"3389/tcp", "terminal-server", "(HTTPS);", "WBT", "sql-server", "6000-6063/udp"} {
			if !strings.Contains(got, word) {
				t.Errorf("%d columns: no %q in\n%s", width, word, got)
			}
		}
	}
	p := profile.Profile{Name: "own", Title: strings.Repeat("word ", 30), Notes: []string{strings.Repeat("note ", 30)}, Groups: []profile.Group{{Ports: []profile.Port{{Port: 443, Protocol: "tcp"}}}}}
	for _, show := range []func(io.Writer, *services.Registry, []profile.Profile, int, bool) error{listing.Profiles, listing.ProfileDetails} {
		got := text(t, func(w io.Writer) error { return show(w, names, []profile.Profile{p}, 50, false) })
		for line := range strings.Lines(got) {
			if len(line) > 51 {
				t.Errorf("%q", line)
			}
		}
	}
}

// What the user's own file says of a port comes before what is usual there.
func TestTheUsersWordsComeFirst(t *testing.T) {
	own, err := services.ReadOverlay(strings.NewReader("ourapp 8443/tcp warehouse # Our warehouse\n"), services.SourceUser)
	if err != nil {
		t.Fatal(err)
	}
	names := services.New(own)
	got := text(t, func(w io.Writer) error { return listing.Services(w, names, found(t, names, "8443/tcp"), 0, false) })
	if !strings.Contains(got, "ourapp, warehouse, ") || !strings.Contains(got, "Our warehouse; Web with encryption") {
		t.Error(got)
	}
}
