package usage

import (
	"io"
	"strings"
	"testing"
)

// TestClicked: the window of a double click says what to type and stays until Enter; whoever typed in a shell sees none of it.
func TestClicked(t *testing.T) {
	for name, c := range map[string]struct {
		typed []string
		own   bool
		says  bool
	}{
		"double click":           {[]string{"whyport"}, true, true},
		"a shell":                {[]string{"whyport"}, false, false},
		"a task with its target": {[]string{"whyport", "192.0.2.1"}, true, false},
	} {
		var out strings.Builder
		in := strings.NewReader("\nrest")
		clicked(c.typed, c.own, in, &out)
		if says := strings.Contains(out.String(), `.\whyport demo`); says != c.says {
			t.Errorf("%s: %q", name, out.String())
		}
		if left, _ := io.ReadAll(in); (len(left) == 5) == c.says {
			t.Errorf("%s: read of standard input until %q was left", name, left)
		}
	}
}
