package services

import (
	"fmt"
	"strings"
	"unicode"
)

// hidden stands where typed text is not repeated.
const hidden = "what was typed"

// Shown is typed text as a message may repeat it: in quotes, without control characters, shortened; and not at all where it is
// a link, which can hold passwords and tokens.
func Shown(s string) string {
	const enough = 60
	if isLink(s) {
		return hidden
	}
	if len(s) > enough {
		s = strings.ToValidUTF8(s[:enough], "") + "..."
	}
	return fmt.Sprintf("%+q", s)
}

// isLink reports what no port and no service's name has, but links do.
func isLink(s string) bool {
	host, _, path := strings.Cut(s, "/")
	return strings.ContainsAny(s, "@?=&\\%\uff20\uff0f\uff1f\uff03") || strings.Contains(s, "//") || strings.Contains(s, ":/") ||
		path && strings.ContainsAny(strings.Trim(host, "."), ".#")
}

// ShownFile is a file's name as a message may repeat it: as people know it (backslashes, umlauts), unless it could harm a
// terminal or is a link that was typed in its place.
func ShownFile(name string) string {
	if i := strings.Index(name, ":/"); i > 1 || strings.HasPrefix(name, "//") { // C:/ is a drive
		return "that was typed"
	}
	if strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return fmt.Sprintf("%+q", name)
	}
	return `"` + name + `"`
}
