package services

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"whyport/services/mistake"
)

func TestParsePorts(t *testing.T) {
	for _, c := range []struct {
		specs []string
		want  string // endpoints, "tcp" left out
	}{
		{[]string{"443"}, "443"},
		{[]string{"20,80,443"}, "20 80 443"},
		{[]string{"443,20,80"}, "443 20 80"},
		{[]string{"2000-2001"}, "2000 2001"},
		{[]string{"2000-2001/udp"}, "2000/udp 2001/udp"},
		{[]string{"80/tcp", "53/UDP"}, "80 53/udp"},
		{[]string{"443,443", "442-444,443"}, "443 442 444"},
		{[]string{"53,53/udp,53/tcp"}, "53 53/udp"},
		{[]string{"https"}, "443"},
		{[]string{"HTTPS,ssh"}, "443 22"},
		{[]string{"http-alt,isakmp"}, "8080 500/udp"},
		{[]string{"udt_os"}, "1382 3900"},
		{[]string{"rdp,smb,dns,ntp,teams"}, "3389 445 53 123/udp 443"},
		{[]string{"dns/udp"}, "53/udp"},
		{[]string{"teams/udp"}, "3478/udp 3479/udp 3480/udp 3481/udp"},
		{[]string{"wireguard"}, "51820/udp"},
		{[]string{"cl/1"}, "172"},
		{[]string{"boe-cms", "boe-cms/udp"}, "6400 6400/udp"},
		{[]string{"0080"}, "80"},
		{[]string{"1,65535"}, "1 65535"},
	} {
		got, err := New().ParsePorts(c.specs...)
		if err != nil {
			t.Errorf("%q: %v", c.specs, err)
			continue
		}
		if want := strings.Fields(c.want); !slices.Equal(endpointTexts(got), want) {
			t.Errorf("%q = %q, want %q", c.specs, endpointTexts(got), want)
		}
	}
}

func endpointTexts(list []Endpoint) []string {
	var out []string
	for _, e := range list {
		s := span(Service{Port: e.Port})
		if e.Protocol != "tcp" {
			s += "/" + e.Protocol
		}
		out = append(out, s)
	}
	return out
}

func TestParseAllPorts(t *testing.T) {
	for spec, protocol := range map[string]string{"-": "tcp", "all": "tcp", "ALL": "tcp", "1-65535": "tcp", "-/udp": "udp", "all/udp": "udp"} {
		got, err := New().ParsePorts(spec)
		if err != nil || len(got) != 65535 || got[0] != (Endpoint{1, protocol}) || got[65534] != (Endpoint{65535, protocol}) {
			t.Errorf("%q: %d ports, %v", spec, len(got), err)
		}
	}
	got, err := New().ParsePorts("443,-")
	if err != nil || len(got) != 65535 || got[0].Port != 443 || got[1].Port != 1 {
		t.Errorf("order or duplicates are lost: %d ports, %v", len(got), err)
	}
}

func TestParsePortsBadInput(t *testing.T) {
	for _, c := range []struct{ spec, problem, instead string }{
		{"", "the list of ports is empty", "name at least one port, such as 443 or 80,443"},
		{",", "the list of ports is empty", "name at least one port, such as 443 or 80,443"},
		{"80,,443", `between the commas of "80,,443" a port is missing`, "type 80,443"},
		{",80", `between the commas of ",80" a port is missing`, "type 80"},
		{"80,", `between the commas of "80," a port is missing`, "type 80"},
		{"0", "port 0 can't be tested: nothing can listen there", "name a port from 1 to 65535"},
		{"0-10", "port 0 can't be tested: nothing can listen there", "name a port from 1 to 65535"},
		{"65536", "there is no port 65536", "name a port from 1 to 65535"},
		{"80-65536", "there is no port 65536", "name a port from 1 to 65535"},
		{"99999999999999999999", "there is no port 99999999999999999999", "name a port from 1 to 65535"},
		{"80-", `the range "80-" has no end`, "type 80 for that port, or 80-65535 for all from it on"},
		{"90-80", `the range "90-80" runs backwards`, "type 80-90"},
		{"-80", `"-80" is not a port: ports are not negative`, "type 80 for that port, or 1-80 for all up to it"},
		{"-0", `"-0" is not a port`, "name a port from 1 to 65535, or a range such as 2000-2001"},
		{"80-90-100", `"80-90-100" is not a port`, "name a port from 1 to 65535, or a range such as 2000-2001"},
		{"+80", `"+80" is not a port`, "name a port from 1 to 65535, or a range such as 2000-2001"},
		{"80, 443", `the list of ports "80, 443" has a space in it`, "type 80,443, with commas and no spaces"},
		{"80 443", `the list of ports "80 443" has a space in it`, "type 80,443, with commas and no spaces"},
		{" ", "the list of ports is empty", "name at least one port, such as 443 or 80,443"},
		{"80/foo", `"80/foo" does not end in a protocol that can be tested`, "type 80/tcp or 80/udp"},
		{"80/", `"80/" does not end in a protocol that can be tested`, "type 80/tcp or 80/udp"},
		{"/tcp", `"/tcp" has no port before its slash`, "type 443/tcp or 53/udp"},
		{"80/sctp", `"80/sctp": SCTP can't be tested, only TCP and UDP`, "type 80/tcp or 80/udp"},
		{"htps", `"htps" is neither a port nor a service's name`, "did you mean https? Otherwise name the port's number"},
		{"htps/tcp", `"htps" is neither a port nor a service's name`, "did you mean https/tcp? Otherwise name the port's number"},
		{"submissions/udp", `"submissions" has no UDP port`, "type submissions/tcp, which is 465/tcp, or the number with /udp"},
		{"xn-control", `"xn-control" is registered for SCTP only, which can't be tested`, "type 38422/tcp or 38422/udp to test that number with TCP or UDP"},
		{"zzqqxxyy", `"zzqqxxyy" is neither a port nor a service's name`, "name a port from 1 to 65535, a range such as 2000-2001, or a service such as https"},
		{"8o", `"8o" is neither a port nor a service's name`, "name a port from 1 to 65535, a range such as 2000-2001, or a service such as https"},
		{"a\x1b[31m", `"a\x1b[31m" is neither a port nor a service's name`, "name a port from 1 to 65535, a range such as 2000-2001, or a service such as https"},
		{"tcp/80", `"tcp/80" has the protocol before the port`, "type 80/tcp"},
		{"UDP/53", `"UDP/53" has the protocol before the port`, "type 53/udp"},
		{"80\u201382", `"80\u201382" is not how ports are listed here`, "type 80-82"},
		{"80:82", `"80:82" is not how ports are listed here`, "type 80-82"},
		{"80..82", `"80..82" is not how ports are listed here`, "type 80-82"},
		{"80;443;8000..8010", `"80;443;8000..8010" is not how ports are listed here`, "type 80,443,8000-8010"},
		{"82:80", `"82:80" is neither a port nor a service's name`, "name a port from 1 to 65535, a range such as 2000-2001, or a service such as https"},
		{"443,htps", `"htps" is neither a port nor a service's name`, "did you mean https? Otherwise name the port's number"},
	} {
		got, err := New().ParsePorts(c.spec)
		u, ok := errors.AsType[*mistake.Error](err)
		if !ok {
			t.Errorf("%q: %v, %v; want a mistake.Error", c.spec, got, err)
			continue
		}
		if u.Problem != c.problem || u.Instead != c.instead || u.Error() != c.problem {
			t.Errorf("%q\n got %s | %s\nwant %s | %s", c.spec, u.Problem, u.Instead, c.problem, c.instead)
		}
	}
	if _, err := New().ParsePorts(); err == nil {
		t.Error("no list at all gave no error")
	}
	if _, err := New().ParsePorts("443", ""); err == nil {
		t.Error("an empty second list gave no error")
	}
}

func FuzzParsePorts(f *testing.F) {
	for _, s := range []string{"443", "20,80,443", "2000-2001/udp", "-", "all", "htps", "80-", "-80", "80/foo", "cl/1", "a b", ",", "\x1b", "tcp/80", "80;443", "80\u201382"} {
		f.Add(s)
	}
	r := New()
	f.Fuzz(func(t *testing.T, spec string) {
		got, err := r.ParsePorts(spec)
		if err != nil {
			u, ok := errors.AsType[*mistake.Error](err)
			if !ok || u.Problem == "" || u.Instead == "" || got != nil {
				t.Fatalf("%q: %v, %v", spec, got, err)
			}
			for _, c := range u.Problem + u.Instead {
				if c < ' ' || c > '~' {
					t.Fatalf("%q: %q would reach the terminal", spec, c)
				}
			}
			return
		}
		seen := map[Endpoint]bool{}
		for _, e := range got {
			if e.Port == 0 || e.Protocol != "tcp" && e.Protocol != "udp" || seen[e] {
				t.Fatalf("%q gives %+v", spec, e)
			}
			seen[e] = true
		}
		if len(got) == 0 {
			t.Fatalf("%q gives no port and no error", spec)
		}
	})
}

func BenchmarkParseAllPorts(b *testing.B) {
	r := New()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = r.ParsePorts("-")
	}
}
