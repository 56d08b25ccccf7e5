// Package phrase has the pieces that sentences are made of: foreign text made safe, lists of ports, numbers, lines.
package phrase

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds foreign text, in characters: a certificate's field, a name, a banner's line.
const maxText = 200

// MaxSentence bounds our own sentences, which hold several pieces of foreign text.
const MaxSentence = 4000

// maxMarks bounds combining marks on one character; more of them climb over other lines.
const maxMarks = 3

// Clean makes foreign text safe for a terminal, a ticket and a script: whatever is not a visible
// character or a plain space is written as an escape (\n, \x1b, \u202e), and the length is bounded.
// Clean text stays as it is, so cleaning twice does no harm.
func Clean(s string) string { return CleanTo(s, maxText) }

// CleanTo is Clean with a limit of its own; longer text ends in "...".
func CleanTo(s string, limit int) string {
	if len(s) <= limit && isPlain(s) {
		return s
	}
	var b strings.Builder
	used, keep, marks := 0, 0, 0 // keep: bytes that leave room for the dots
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		marks = countMarks(r, marks)
		piece := visible(s[i:i+size], r, marks > maxMarks || marks > 0 && i == 0)
		if used += utf8.RuneCountInString(piece); used > limit {
			return b.String()[:keep] + "..."
		}
		b.WriteString(piece)
		if used <= limit-3 {
			keep = b.Len()
		}
		i += size
	}
	return b.String()
}

func countMarks(r rune, sofar int) int {
	if unicode.Is(unicode.M, r) {
		return sofar + 1
	}
	return 0
}

// visible is one character as it may be printed.
func visible(raw string, r rune, escape bool) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return fmt.Sprintf(`\x%02x`, r)
	case !escape && unicode.IsPrint(r) && !Invisible(r):
		return raw
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// Invisible reports letters and marks that Go calls printable and that no one sees: Unicode's default-ignorable code points, such as the
// Hangul filler, and the blank of Braille (UAX #44, Default_Ignorable_Code_Point).
func Invisible(r rune) bool {
	const brailleBlank = 0x2800
	return r == brailleBlank || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// isPlain reports whether all of s is printable ASCII, which needs no second look.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// ASCII writes what a console without UTF-8 can't show as an escape.
func ASCII(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		default:
			b.WriteString(visible(string(r), r, true))
		}
	}
	return b.String()
}

// CleanAll is Clean for each.
func CleanAll(in []string) (out []string) {
	for _, s := range in {
		out = append(out, Clean(s))
	}
	return out
}

// Short cuts the middle out of a long name, whose beginning and end say most.
func Short(s string, limit int) string {
	r := []rune(Clean(s))
	if len(r) <= limit {
		return string(r)
	}
	tail := limit / 3
	return string(r[:limit-tail-3]) + "..." + string(r[len(r)-tail:])
}
