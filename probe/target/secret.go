package target

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kept is what may be remembered and repeated of a typed target: scheme, host and port. User part, path, query and fragment
// can hold passwords and tokens, and reports and messages are passed on.
type kept struct {
	text     string // scheme, host and port; also a range's length and a port's protocol (/24, /udp)
	user     bool   // a user part was left out
	password bool   // with a colon in it
	path     bool   // something behind the host was left out
	spaced   bool   // and it has a space
	odd      bool   // or what no link has
	unclear  bool   // it can't be told what is the host and what a password
}

// keep leaves out of a typed text what nobody else may read.
func keep(typed string) kept {
	head, rest := schemeOf(separators(typed))
	k := kept{}
	host, tail := k.split(head, rest)
	for range 5 { // RFC 3986, 3.2.2: a host may be percent-encoded; more than once is hiding something
		plain := unescaped(host)
		if plain == host || head == "" && hasZone(host) {
			break
		}
		var more string
		host, more = k.split(head, plain)
		tail += more
		if strings.HasPrefix(host, "[") {
			break // RFC 6874: the zone's % is written %25, once
		}
	}
	host, more := cutAt(host, "=&")
	if tail += more; head != "" {
		host, more = cutAt(host, "; \t\r\n")
		tail += more
	}
	if head == "" && measure(host, tail) {
		host, tail = host+tail, ""
	}
	k.text, k.path = strings.TrimSpace(head+host), tail != ""
	k.spaced = strings.ContainsFunc(tail, unicode.IsSpace)
	k.odd = !utf8.ValidString(tail) || strings.ContainsFunc(tail, unicode.IsControl)
	return k
}

// split cuts a text without its scheme into the host with its port, and what is behind.
func (k *kept) split(head, text string) (host, tail string) {
	host, tail = cutAt(text, `/?#\`)
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		k.user, k.password = true, strings.Contains(host[:at], ":")
		host = host[at+1:]
	}
	if strings.Contains(tail, "@") { // a password that holds a slash, or a path that holds an @
		_, port, has := splitPort(host)
		k.unclear = k.unclear || head == "" || has && strings.Trim(port, "0123456789") != ""
	}
	return host, tail
}

// schemeOf cuts off what stands before the host: https://, a half of it (https:/, https//) or slashes alone.
func schemeOf(text string) (head, rest string) {
	if i := strings.Index(text, "://"); i > 0 && !strings.ContainsAny(text[:i], "/?#\\@=&% \t") {
		return text[:i+3], text[i+3:]
	}
	name, _ := cutAt(text, `:/\`)
	mark := text[len(name):]
	mark = mark[:len(mark)-len(strings.TrimLeft(mark, `:/\`))]
	slashes := strings.TrimLeft(mark, ":")
	colons := len(mark) - len(slashes)
	n := min(len(slashes), 2)
	if n == 0 || colons > 1 || colons+n < 2 || name == "" && colons > 0 {
		return "", text
	}
	if _, known := schemes[strings.ToLower(name)]; name != "" && !known {
		return "", text
	}
	return text[:len(name)+colons+n], text[len(name)+colons+n:]
}

// measure reports that tail belongs to the host: a range's length or mask, or a port's protocol.
func measure(host, tail string) bool {
	what := strings.ToLower(strings.TrimPrefix(tail, "/"))
	if what == "tcp" || what == "udp" {
		return true
	}
	return what != "" && (endsInNumber(host) || strings.Contains(host, ":")) &&
		(len(what) <= 3 && strings.Trim(what, "0123456789") == "" || endsInNumber(host) && isAddr(what))
}

// separators writes the characters that divide a link in ASCII, as names' mapping does later (UTS 46).
func separators(text string) string {
	return strings.NewReplacer("＠", "@", "﹫", "@", "／", "/", "＼", `\`, "？", "?", "＃", "#", "：", ":", "＝", "=", "＆", "&", "％", "%").
		Replace(text)
}

// unescaped decodes every %XX, and leaves a % that begins none.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) && hex(text[i+1]) >= 0 && hex(text[i+2]) >= 0 {
			b.WriteByte(byte(hex(text[i+1])<<4 | hex(text[i+2])))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func hex(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// hasZone reports a link-local address with its interface, whose % encodes nothing.
func hasZone(text string) bool {
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return err == nil && a.IsLinkLocalUnicast()
}

func isAddr(text string) bool {
	_, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return err == nil
}

func cutAt(text, chars string) (before, rest string) {
	if i := strings.IndexAny(text, chars); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// refused is the error for a text of which too much would have to be guessed.
func (k kept) refused() error {
	switch {
	case k.unclear:
		return wrong(
			"the target has more in it than a server, and where the server's name ends is unclear",
			"type the server alone: whyport server.example",
		)
	case k.text == "" && k.path:
		return wrong("the target is a path without a host", "type the server's name or address: whyport server.example")
	case k.odd && !k.spaced:
		return wrong("what is behind %s has characters that can't be in a link", "type the server alone: "+quoteless(k.text), quote(k.text))
	case k.spaced:
		return wrong("what is behind %s has a space in it, and no link has", "type the server alone, or several targets without quotes: "+
			quoteless(k.text), quote(k.text))
	}
	return nil
}

// Shown is typed text, in quotes, as a message may repeat it: without what can be secret in a link.
func Shown(text string) string {
	switch k := keep(text); {
	case k.unclear || k.text == "" && text != "":
		return "what was typed"
	case k.user || k.path:
		return quote(k.text) + " and more"
	}
	return quote(text)
}

// ShownFile is a file's name, in quotes, as a message may repeat it: not where it is a link that was typed in its place.
func ShownFile(name string) string {
	if i := strings.Index(name, ":/"); i > 1 || strings.HasPrefix(name, "//") { // C:/ is a drive
		return "that was typed"
	}
	return quote(name)
}
