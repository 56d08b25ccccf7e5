package redact

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// address finds what may be one: four numbers, or groups between colons, or four numbers as reverse names write them.
var address = regexp.MustCompile(`[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9]{1,3}(?:-[0-9]{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}`)

// hardware finds the address of a network card.
var hardware = regexp.MustCompile(`\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b`)

// noCard stands for every card's address: it is none (RFC 9542, 2.1.2: for documentation).
const noCard = "00-00-5E-00-53-00"

// Text is a text in which names and addresses are replaced.
func (r *Redactor) Text(s string) string {
	if r == nil || s == "" {
		return s
	}
	s = hardware.ReplaceAllString(s, noCard)
	s = address.ReplaceAllStringFunc(s, r.addressIn)
	for _, n := range r.names {
		s = n.replace(s)
	}
	return s
}

func (r *Redactor) addressIn(found string) string {
	dashes := strings.Contains(found, "-")
	a, err := netip.ParseAddr(strings.ReplaceAll(found, "-", "."))
	if err != nil {
		return found
	}
	if out := r.Addr(a); out != a {
		return out.String()
	}
	if a.Is4() { // reverse names have the numbers backwards
		b := a.As4()
		back := netip.AddrFrom4([4]byte{b[3], b[2], b[1], b[0]})
		if dashes || r.own[back] {
			if out := r.Addr(back); out != back {
				return out.String()
			}
		}
	}
	return found
}

// replace replaces the name where it stands as a word.
func (n *name) replace(s string) string {
	var b strings.Builder
	last := 0
	for _, at := range n.pattern.FindAllStringIndex(s, -1) {
		before, _ := utf8.DecodeLastRuneInString(s[:at[0]])
		after, _ := utf8.DecodeRuneInString(s[at[1]:])
		if at[0] > 0 && inWord(before) || at[1] < len(s) && inWord(after) {
			continue
		}
		b.WriteString(s[last:at[0]] + n.instead)
		last = at[1]
	}
	return b.String() + s[last:]
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
