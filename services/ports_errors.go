package services

import (
	"fmt"
	"strings"

	"whyport/services/mistake"
)

// The sentences of ParsePorts: what is wrong, and what to type instead. What was typed is quoted,
// so that no control character of it reaches a terminal.

func usage(problem, instead string) error { return &mistake.Error{Problem: problem, Instead: instead} }

func noPorts() error {
	return usage("the list of ports is empty", "name at least one port, such as 443 or 80,443")
}

func emptyElement(spec string) error {
	var kept []string
	for e := range strings.SplitSeq(spec, ",") {
		if e = strings.TrimSpace(e); e != "" {
			kept = append(kept, e)
		}
	}
	if len(kept) == 0 {
		return noPorts()
	}
	return usage(fmt.Sprintf("between the commas of %s a port is missing", Shown(spec)),
		"type "+plainOr(strings.Join(kept, ","), "80,443"))
}

func spaceInList(spec string) error {
	separators := func(c rune) bool { return c == ',' || strings.ContainsRune(" \t\r\n\v\f\u00a0", c) }
	fixed := strings.Join(strings.FieldsFunc(spec, separators), ",")
	if fixed == "" {
		return noPorts()
	}
	return usage(fmt.Sprintf("the list of ports %s has a space in it", Shown(spec)),
		"type "+plainOr(fixed, "80,443")+", with commas and no spaces")
}

// plainOr returns s where it can be typed as it stands, otherwise the example.
func plainOr(s, example string) string {
	if isLink(s) || len(s) > 60 || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return example
	}
	return s
}

func badProtocol(what, element string) error {
	if what == "" {
		return usage(fmt.Sprintf("%s has no port before its slash", Shown(element)), "type 443/tcp or 53/udp")
	}
	what = plainOr(what, "443")
	if port := element[strings.LastIndexByte(element, '/')+1:]; protocolIndex(what) != noProtocol && protocolIndex(port) == noProtocol {
		return usage(fmt.Sprintf("%s has the protocol before the port", Shown(element)),
			fmt.Sprintf("type %s/%s", plainOr(port, "443"), strings.ToLower(what)))
	}
	if protocol := element[strings.LastIndexByte(element, '/')+1:]; protocolIndex(protocol) != noProtocol {
		return usage(fmt.Sprintf("%s: %s can't be tested, only TCP and UDP", Shown(element), strings.ToUpper(protocol)),
			fmt.Sprintf("type %s/tcp or %s/udp", what, what))
	}
	return usage(fmt.Sprintf("%s does not end in a protocol that can be tested", Shown(element)),
		fmt.Sprintf("type %s/tcp or %s/udp", what, what))
}

func zero() error {
	return usage("port 0 can't be tested: nothing can listen there", "name a port from 1 to 65535")
}

func tooLarge(s string) error {
	return usage(fmt.Sprintf("there is no port %s", strings.Trim(Shown(s), `"`)), "name a port from 1 to 65535")
}

func notAPort(s string) error {
	return usage(fmt.Sprintf("%s is not a port", Shown(s)), "name a port from 1 to 65535, or a range such as 2000-2001")
}

func negative(s, digits string) error {
	if _, err := portNumber(digits); err != nil {
		return notAPort(s)
	}
	return usage(fmt.Sprintf("%s is not a port: ports are not negative", Shown(s)),
		fmt.Sprintf("type %s for that port, or 1-%s for all up to it", digits, digits))
}

func openRange(s, digits string) error {
	if _, err := portNumber(digits); err != nil {
		return notAPort(s)
	}
	return usage(fmt.Sprintf("the range %s has no end", Shown(s)),
		fmt.Sprintf("type %s for that port, or %s-65535 for all from it on", digits, digits))
}

func backwards(s string, first, last uint16) error {
	return usage(fmt.Sprintf("the range %s runs backwards", Shown(s)), fmt.Sprintf("type %d-%d", last, first))
}

func notTestable(name string, s Service) error {
	return usage(fmt.Sprintf("%s is registered for %s only, which can't be tested", Shown(name), strings.ToUpper(s.Protocol)),
		fmt.Sprintf("type %s/tcp or %s/udp to test that number with TCP or UDP", span(s), span(s)))
}

func otherProtocol(name, protocol string, s Service) error {
	return usage(fmt.Sprintf("%s has no %s port", Shown(name), strings.ToUpper(protocol)),
		fmt.Sprintf("type %s/%s, which is %s/%s, or the number with /%s", name, s.Protocol, span(s), s.Protocol, protocol))
}

// respelt is a list or range that was copied from a document or another program, as it is written here; "" for
// anything else.
func respelt(s string) string {
	dashes := strings.NewReplacer(
		"\u2010",
		"-",
		"\u2011",
		"-",
		"\u2012",
		"-",
		"\u2013",
		"-",
		"\u2014",
		"-",
		"\u2212",
		"-",
		"..",
		"-",
		":",
		"-",
		";",
		",",
		"+",
		",",
	)
	list := dashes.Replace(s)
	for element := range strings.SplitSeq(list, ",") {
		if _, _, isNumber, err := parseRange(element); !isNumber || err != nil {
			return ""
		}
	}
	return list
}

func foreignSpelling(s, list string) error {
	return usage(fmt.Sprintf("%s is not how ports are listed here", Shown(s)), "type "+list)
}

func noSuchService(name, suggestion string, given bool, protocol string) error {
	problem := fmt.Sprintf("%s is neither a port nor a service's name", Shown(name))
	if suggestion == "" {
		return usage(problem, "name a port from 1 to 65535, a range such as 2000-2001, or a service such as https")
	}
	if given {
		suggestion += "/" + protocol
	}
	return usage(problem, fmt.Sprintf("did you mean %s? Otherwise name the port's number", suggestion))
}
