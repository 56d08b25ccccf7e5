package services

import (
	"slices"
	"strings"
	"testing"
)

func TestClassOf(t *testing.T) {
	for port, want := range map[uint16]Class{0: WellKnown, 1023: WellKnown, 1024: Registered, 49151: Registered, 49152: Dynamic, 65535: Dynamic} {
		if got := ClassOf(port); got != want {
			t.Errorf("ClassOf(%d) = %q, want %q", port, got, want)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		port     uint16
		protocol string
		want     Service
	}{
		{80, "tcp", Service{"http", 80, 80, "tcp", "World Wide Web HTTP", "Web without encryption (HTTP)", Assigned, SourceIANA}},
		{3389, "TCP", Service{"ms-wbt-server", 3389, 3389, "tcp", "MS WBT Server", "Remote Desktop (RDP)", Assigned, SourceIANA}},
		{465, "tcp", Service{"submissions", 465, 465, "tcp", "Message Submission over TLS protocol", "Sending mail with encryption (SMTP)", Assigned, SourceIANA}},
		{2001, "tcp", Service{"dc", 2001, 2001, "tcp", "", "", Assigned, SourceIANA}},
		{6010, "tcp", Service{"x11", 6000, 6063, "tcp", "X Window System", "", Assigned, SourceIANA}},
		{27003, "udp", Service{"flex-lm", 27000, 27009, "udp", "FLEX LM (1-10)", "", Assigned, SourceIANA}},
		{24, "tcp", Service{"", 24, 24, "tcp", "any private mail system", "", Assigned, SourceIANA}},
		{2, "tcp", Service{"", 2, 2, "tcp", "Reserved", "", Reserved, SourceIANA}},
		{4, "tcp", Service{"", 4, 4, "tcp", "Unassigned", "", Unassigned, SourceIANA}},
		{659, "tcp", Service{"", 659, 659, "tcp", "Removed", "", Reserved, SourceIANA}},
		{1008, "udp", Service{"", 1008, 1008, "udp", "Possibly used by Sun Solaris????", "", Unassigned, SourceIANA}},
		{38422, "sctp", Service{"xn-control", 38422, 38422, "sctp", "Xn Control Plane (3GPP)", "", Assigned, SourceIANA}},
		{4556, "dccp", Service{"dtn-bundle", 4556, 4556, "dccp", "DTN Bundle DCCP CL Protocol", "", Assigned, SourceIANA}},
		{50000, "tcp", Service{"", 50000, 50000, "tcp", "", "", NotListed, ""}},
		{51820, "udp", Service{"wireguard", 51820, 51820, "udp", "", "VPN (WireGuard)", NotListed, SourceEveryday}},
		{80, "quic", Service{"", 80, 80, "quic", "", "", NotListed, ""}},
	} {
		if got := New().Lookup(c.port, c.protocol); got != c.want {
			t.Errorf("Lookup(%d, %q)\n got %+v\nwant %+v", c.port, c.protocol, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		port     uint16
		protocol string
		want     []string // how the names begin
	}{
		{80, "tcp", []string{"http", "www", "www-http"}},
		{465, "tcp", []string{"submissions", "urd", "smtps"}},
		{3389, "tcp", []string{"ms-wbt-server", "rdp"}},
		{3478, "udp", []string{"stun", "turn", "stun-behavior"}},
		{50000, "tcp", nil},
		{24, "tcp", nil},
		{80, "quic", nil},
	} {
		got := New().Names(c.port, c.protocol)
		if len(c.want) == 0 && got != nil || len(got) < len(c.want) || !slices.Equal(got[:len(c.want)], c.want) {
			t.Errorf("Names(%d, %q) = %q, want %q", c.port, c.protocol, got, c.want)
		}
	}
}

func TestByName(t *testing.T) {
	for _, c := range []struct {
		name, protocol string
		port, last     uint16
	}{
		{"https", "tcp", 443, 443}, {"HTTPS", "tcp", 443, 443}, {"www", "tcp", 80, 80},
		{"rdp", "tcp", 3389, 3389}, {"smb", "tcp", 445, 445}, {"dns", "tcp", 53, 53}, {"ntp", "udp", 123, 123},
		{"teams", "tcp", 443, 443}, {"sftp", "tcp", 22, 22}, {"postgres", "tcp", 5432, 5432},
		{"wireguard", "udp", 51820, 51820}, {"x11", "tcp", 6000, 6063}, {"flex-lm", AnyProtocol, 27000, 27009},
		{"submissions", "tcp", 465, 465}, {"urd", "tcp", 465, 465}, {"ms-wbt-server", "tcp", 3389, 3389},
	} {
		found := New().ByName(c.name)
		if len(found) == 0 {
			t.Errorf("ByName(%q) finds nothing", c.name)
			continue
		}
		if f := found[0]; f.Port != c.port || f.Last != c.last || f.Protocol != c.protocol {
			t.Errorf("ByName(%q) finds %+v first", c.name, f)
		}
	}
	for _, name := range []string{"", "htps", "http ", "no such", "80"} {
		if found := New().ByName(name); found != nil {
			t.Errorf("ByName(%q) = %+v, want nothing", name, found)
		}
	}
}

func TestSearch(t *testing.T) {
	for text, want := range map[string]uint16{
		"desktop": 3389, "remote desktop": 3389, "rdp": 3389, "https": 443, "2000": 2000, "Sending MAIL encryption": 465,
		"wireguard": 51820, "postgres": 5432, "x window": 6000, "private mail": 24,
	} {
		found := New().Search(text)
		if len(found) == 0 || found[0].Port != want {
			t.Errorf("Search(%q) finds %+v first, want port %d", text, found[:min(1, len(found))], want)
		}
	}
	for _, text := range []string{"", "  ", "zzqqxxyy", "desktop zzqqxxyy"} {
		if found := New().Search(text); len(found) != 0 {
			t.Errorf("Search(%q) finds %d services", text, len(found))
		}
	}
	seen := map[Service]bool{}
	over, err := ReadOverlay(strings.NewReader("ms-wbt-server 3389/tcp\n"), SourceSystem)
	if err != nil {
		t.Fatal(err)
	}
	if found := New(over).Search("desktop"); len(found) == 0 || found[0].Port != 3389 || found[0].Protocol != "tcp" || found[0].Source != SourceSystem {
		t.Errorf("a services file hides the everyday name: %+v", found[:min(1, len(found))])
	}
	for _, s := range New().Search("web") {
		if seen[s] {
			t.Errorf("Search gives %+v twice", s)
		}
		seen[s] = true
	}
}

func TestSuggest(t *testing.T) {
	for mistyped, want := range map[string]string{
		"htps": "https", "htpps": "https", "rpd": "rdp", "smpt": "smtp", "postgers": "postgres", "mnogodb": "mongodb", "SHH": "ssh", "tsl": "tls",
		"zzqqxxyy": "", "x": "", "": "", "averyveryverylongnamethatnobodyhas": "",
	} {
		if got := New().Suggest(mistyped); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", mistyped, got, want)
		}
	}
}

func TestEverydayTable(t *testing.T) {
	for i := range everyday {
		row := &everyday[i]
		if i > 0 && row.first < everyday[i-1].first {
			t.Errorf("%q stands behind a higher port: everydayAt would not find it", row.names)
		}
		if row.first == 0 || row.last < row.first || row.names == "" || row.words == "" || row.protocol != tcp && row.protocol != udp {
			t.Errorf("row %+v", row)
		}
		if row.first == row.last && everydayAt(row.first, row.protocol) != i {
			t.Errorf("%d %s is not found by its port", row.first, row.names)
		}
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	plain, loaded := New(), New(overlay(t, "intranet 8443/tcp alias # the portal\nsecond 80/tcp\n"))
	for _, r := range []*Registry{plain, loaded} {
		for _, port := range []uint16{0, 80, 443, 3389, 6010, 8443, 27005, 50000, 51820, 65535} {
			for _, protocol := range []string{"tcp", "UDP", "sctp", "dccp", "none"} {
				if n := testing.AllocsPerRun(20, func() { r.Lookup(port, protocol) }); n != 0 {
					t.Errorf("Lookup(%d, %q) allocates %v times", port, protocol, n)
				}
			}
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	r := New()
	b.ReportAllocs()
	for b.Loop() {
		r.Lookup(3389, "tcp")
	}
}

// What the table costs a program that starts and looks one port up.
func BenchmarkStartUp(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New().Lookup(443, "tcp")
	}
}

// The same with this system's services file.
func BenchmarkStartUpWithFiles(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Load().Lookup(443, "tcp")
	}
}

func BenchmarkByName(b *testing.B) {
	r := New()
	for b.Loop() {
		r.ByName("https")
	}
}

func BenchmarkSearch(b *testing.B) {
	r := New()
	for b.Loop() {
		r.Search("remote desktop")
	}
}

func BenchmarkSuggest(b *testing.B) {
	r := New()
	for b.Loop() {
		r.Suggest("htps")
	}
}
