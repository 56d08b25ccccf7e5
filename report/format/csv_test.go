package format

import "testing"

func TestNoCellIsAFormula(t *testing.T) {
	for text, want := range map[string]string{
		"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=1": "'\t'=1", ";=1": "';'=1", "a;=cmd()": "a;'=cmd()", "a; =cmd()": "a; '=cmd()", "a\t@x": "a\t'@x", "a;\"=x": "a;\"'=x",
		"plain": "plain", "a - b": "a - b", "": "", "one; two": "one; two",
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
