package usage

import (
	"strings"
	"testing"
)

// A community is one line, of a file or the environment.
func TestCommunity(t *testing.T) {
	for text, ok := range map[string]bool{"": true, "secret-7": true, "two\nlines": false, strings.Repeat("a", 256): false} {
		if got, err := checkedCommunity(text, "here"); (err == nil) != ok || ok && got != text {
			t.Errorf("%.20q: %q, %v", text, got, err)
		}
	}
}
