package usage

import (
	"bytes"
	"net/netip"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/remote"
	"whyport/report/compare"
)

// fromLoopback is a check of 127.0.0.1:9, and what a host said that made it (whyport 127.0.0.1 -p 9 --format ndjson).
func fromLoopback(t testing.TB) (*FromRun, string) {
	t.Helper()
	said, err := os.ReadFile("testdata/elsewhere.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddr("127.0.0.1")
	return &FromRun{plan: probe.Plan{Targets: []probe.Target{{Input: "127.0.0.1", Host: "127.0.0.1", Addr: addr,
		Candidates: []probe.Candidate{{Port: 9, Protocol: evidence.TCP}}}}}}, string(said)
}

// shownOf is what people and scripts see of it, in all formats.
func shownOf(t testing.TB, f *FromRun, text []byte) (problem string, shown string) {
	t.Helper()
	doc, p := f.understood(remote.Outcome{Kind: remote.Done}, text)
	if p != nil {
		problem = p.Message
	}
	var b bytes.Buffer
	for _, form := range compare.Formats() {
		if err := compare.Places([]compare.Place{{Name: "oslo", Doc: doc, Problem: p}, {Name: "here"}}).Write(&b, form, 80); err != nil {
			t.Errorf("%s: %v", form, err)
		}
	}
	return problem, b.String()
}

// TestHostileReports: what a host says that is no report is told as a problem, and nothing that was not asked for is shown.
func TestHostileReports(t *testing.T) {
	f, good := fromLoopback(t)
	lines := strings.SplitAfter(strings.TrimSuffix(good, "\n"), "\n")
	last := lines[len(lines)-1]
	for name, c := range map[string]struct {
		text string
		ok   bool
		has  string
	}{
		"as usual":           {good, true, "closed"},
		"a banner before":    {"Welcome!\n" + good, false, ""},
		"another schema":     {strings.ReplaceAll(good, `"schema_version":"`, `"schema_version":"99`), false, ""},
		"truncated":          {strings.TrimSuffix(good, last+"\n"), false, "closed"},
		"cut in a line":      {good[:len(good)-20], false, ""},
		"two summaries":      {good + last + "\n", false, ""},
		"not text":           {strings.ReplaceAll(good, "oslo", "os\xff\xfelo"), false, ""},
		"escape sequences":   {strings.ReplaceAll(good, "oslo", `os\u001b[2Jlo`), true, "closed"},
		"other ports":        {strings.ReplaceAll(good, `"port":9,`, `"port":22,`), true, ""},
		"numbers of a giant": {strings.ReplaceAll(good, `"port":9,`, `"port":99999999999,`), false, ""},
		"deeply nested":      {strings.Repeat("[", 20000), false, ""},
		"nothing":            {"", false, ""},
		"a list":             {"[]\n", false, ""},
	} {
		problem, shown := shownOf(t, f, []byte(c.text))
		if (problem == "") != c.ok || !strings.Contains(shown, c.has) || strings.Contains(shown, "22/tcp") {
			t.Errorf("%s: problem %q\n%s", name, problem, shown)
		}
		clean(t, shown)
	}
}

func clean(t *testing.T, shown string) {
	t.Helper()
	if !utf8.ValidString(shown) || strings.ContainsFunc(shown, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Errorf("drives a terminal: %q", shown)
	}
}

// FuzzReports: whatever a host says, nothing fails, and what is shown is text.
func FuzzReports(f *testing.F) {
	run, good := fromLoopback(f)
	f.Add([]byte(good))
	f.Add([]byte(strings.ReplaceAll(good, "oslo", `\u001b]0;x\u0007`)))
	f.Add([]byte(good[:len(good)/2]))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, shown := shownOf(t, run, text)
		clean(t, shown)
	})
}
