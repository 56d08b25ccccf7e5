package target

import (
	"strings"

	"golang.org/x/net/idna"
)

// names maps an internationalised name as a browser does (UTS 46, non-transitional). Underscores stay
// legal, since service and Windows names have them; label looks at the rest.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.BidiRule())

// parseHost understands a name or an address without a port.
func parseHost(input, text string) (Target, error) {
	if strings.HasPrefix(text, "[") || strings.Contains(text, ":") || strings.Contains(text, "%") {
		a, err := parseAddr6(text)
		return literal(input, a), err
	}
	host := text
	if !ascii(host) || strings.Contains(strings.ToLower(host), "xn--") {
		mapped, err := names.ToASCII(host)
		if err != nil {
			return Target{}, wrong("%s is not a valid international name",
				"copy the name from the server's documentation, or type its address", quote(text))
		}
		host = mapped
	}
	host = strings.ToLower(host)
	if endsInNumber(host) {
		a, err := parseAddr4(strings.TrimSuffix(host, "."))
		return literal(input, a), err
	}
	if err := checkName(host); err != nil {
		return Target{}, err
	}
	return Target{Input: input, Host: host, ServerName: strings.TrimSuffix(host, ".")}, nil
}

// checkName holds a name against RFC 1035's lengths and the characters that occur (RFC 1123, and "_").
func checkName(host string) error {
	name := strings.TrimSuffix(host, ".")
	if len(name) > 253 {
		return wrong("the name %s is %d characters long; the longest possible has 253",
			"check the name", quote(name), len(name))
	}
	for label := range strings.SplitSeq(name, ".") {
		switch {
		case label == "":
			return wrong("%s has an empty part between its dots", "check the name, such as server.example", quote(host))
		case len(label) > 63:
			return wrong("the part %s of the name has %d characters; 63 is the most", "check the name",
				quote(label), len(label))
		case strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-"):
			return wrong("the part %s of the name begins or ends with a hyphen", "check the name", quote(label))
		}
		if bad := strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_"); bad != "" {
			return wrong("%s has a character that no host name has: %s",
				"type letters, digits, hyphens and dots only: "+quoteless(onlyName(name)), quote(name), quote(bad[:runeLen(bad)]))
		}
	}
	return nil
}

// runeLen is the length in bytes of the first character.
func runeLen(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

func onlyName(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_.", r) {
			return r
		}
		return -1
	}, s)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 128 {
			return false
		}
	}
	return true
}
