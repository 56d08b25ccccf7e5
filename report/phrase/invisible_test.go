package phrase

import (
	"strings"
	"testing"
)

func TestInvisibleLettersAreShown(t *testing.T) {
	for text, want := range map[string]string{
		"a\u3164b": `a\u3164b`, "\u2800": `\u2800`, "a\u034fb": `a\u034fb`, "a\ufe0fb": `a\ufe0fb`, "\U000e0101x": `\U000e0101x`, "\u115f\u1160\uffa0": `\u115f\u1160\uffa0`,
		"\u00fc\u20ac\u4e2d": "\u00fc\u20ac\u4e2d",
	} {
		if got := Clean(text); got != want || strings.ContainsFunc(got, Invisible) {
			t.Errorf("%+q is shown as %s", text, got)
		}
	}
}
