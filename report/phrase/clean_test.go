package phrase

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestForeignTextIsEscaped(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":                "plain text",
		"\x1b[31mred\x1b[0m":        `\x1b[31mred\x1b[0m`,
		"a\r\nb\tc\x00":             `a\r\nb\tc\x00`,
		"c1 \u009b31m":              `c1 \x9b31m`,
		"bidi \u202egpj.exe\u202c":  `bidi \u202egpj.exe\u202c`,
		"isolate \u2066x\u2069":     `isolate \u2066x\u2069`,
		"zero\u200bwidth\ufeff":     `zero\u200bwidth\ufeff`,
		"bad \xff\xfe utf8":         `bad \xff\xfe utf8`,
		"line\u2028sep":             `line\u2028sep`,
		"no\u00a0break":             `no\u00a0break`,
		"M\u00fcnchen \u6771\u4eac": "M\u00fcnchen \u6771\u4eac",
		"tag \U000e0041":            `tag \U000e0041`,
		strings.Repeat("x", 300):    strings.Repeat("x", 197) + "...",
		"e\u0301\u0301\u0301\u0301": "e\u0301\u0301\u0301\\u0301",
		"\u0301 first":              `\u0301 first`,
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAConsoleWithoutUTF8GetsEscapes(t *testing.T) {
	if got := ASCII("M\u00fcnchen \U0001f600"); got != `M\u00fcnchen \U0001f600` {
		t.Errorf("%q", got)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a\x1b[2J", "\u202e", "\xff", strings.Repeat("\u0301", 500), strings.Repeat("\x00", 199)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		if n := utf8.RuneCountInString(got); n > maxText {
			t.Errorf("%d characters", n)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("%q holds %U", got, r)
			}
		}
		if twice := Clean(got); twice != got {
			t.Errorf("cleaned twice: %q, once: %q", twice, got)
		}
		for _, r := range ASCII(got) {
			if r < 0x20 || r > 0x7e {
				t.Errorf("ASCII left %U", r)
			}
		}
	})
}
