package usage

import (
	"slices"
	"strings"
)

// dashes are what word processors and chats make of a hyphen (Unicode: hyphens, dashes and the minus sign).
const dashes = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

// quotes are what word processors and chats make of quotation marks, which no shell takes away.
const quotes = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb"

// respelt is a command line with the habits of other programs in this one's words: dashes and quotation
// marks that a word processor made, /? and -? for help.
func respelt(args []string) []string {
	out := slices.Clone(args)
	for i := range out {
		a := strings.Trim(out[i], quotes)
		out[i] = a
		switch name := strings.TrimLeft(a, "-"+dashes); {
		case a == "--":
			return out
		case a == "/?" || a == "-?":
			out[i] = "--help"
		case name != "" && strings.ContainsAny(a[:len(a)-len(name)], dashes):
			hyphens := "--"
			if first, _, _ := strings.Cut(name, "="); len(first) == 1 || first != "" && strings.Trim(first[1:], "0123456789,-") == "" {
				hyphens = "-" // -p, -p443
			}
			out[i] = hyphens + name
		}
	}
	return out
}

// morePorts reports what can only be a port, or a range or list of them: no host is a number alone.
func morePorts(arg string) bool {
	list, protocol, has := strings.Cut(arg, "/")
	return list != "" && list[0] >= '0' && list[0] <= '9' && strings.Trim(list, "0123456789-,") == "" && (!has || protocol == "tcp" ||
		protocol == "udp")
}

// listFile is the file of @FILE, as other programs name a list; "" for any other word.
func listFile(word string) string {
	if name, is := strings.CutPrefix(word, "@"); is && !strings.ContainsAny(name, "@") {
		return name
	}
	return ""
}
