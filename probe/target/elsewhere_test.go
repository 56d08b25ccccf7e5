package target

import (
	"strings"
	"testing"

	"whyport/services/mistake"
)

// TestOtherProgramsSpelling: what other programs take is understood, or refused with what then works.
func TestOtherProgramsSpelling(t *testing.T) {
	for text, want := range map[string]struct {
		host string
		port uint16
		n    int
	}{
		"server,1433": {"server", 1433, 1}, "tcp:db.example,1433": {"db.example", 1433, 1},
		"jdbc:sqlserver://db.example:1444;user=sa;password=x": {"db.example", 1444, 1}, "jdbc:sqlserver://db.example": {"db.example",
			1433, 1},
		"jdbc:postgresql://db.example/shop": {"db.example", 5432, 1}, "JDBC:mysql://db.example:3307/shop?user=a": {"db.example", 3307, 1},
		"jdbc:oracle:thin:@//db.example:1530/shop":          {"db.example", 1530, 1},
		"jdbc:oracle:thin:scott/tiger@db.example:1521:ORCL": {"db.example", 1521, 1},
		"203.0.113.7-9": {"203.0.113.7", 0, 3}, "203.0.113.254-203.0.114.1": {"203.0.113.254", 0, 4},
	} {
		got, err := Parse(text, nil)
		if err != nil || len(got) != want.n || got[0].Host != want.host || got[0].Port != want.port {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
		for _, one := range got {
			if strings.Contains(one.Input, "tiger") || strings.Contains(one.Input, "password") {
				t.Errorf("%q is remembered as %q", text, one.Input)
			}
		}
	}
	for text, want := range map[string]string{
		`server\SQLEXPRESS`: "whyport server -p 1433,1434/udp", "anna@host.example:/srv/x": "host.example:22",
		"anna@host.example:x.git": "host.example:22",
		"anna@company.example":    "whyport company.example --profile mail-client", "203.0.113.9-7": "203.0.113.7-203.0.113.9",
		"203.0.113.7-999":   "203.0.113.7-254",
		"10.0.0.0-10.9.0.0": "smaller range", "10.0.0.1-10.9.0.0": "smaller range", "host.example:443-445": "host.example -p 443-445",
	} {
		all := PortName(func(string) (uint16, bool) { return 1, true })
		got, err := Parse(text, all)
		if e, is := err.(*mistake.Error); !is || !strings.Contains(e.Problem+" "+e.Instead, want) {
			t.Errorf("%q: %+v, %#v", text, got, err)
		}
	}
}
