package main

import (
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// row is one record of the registry that has a port.
type row struct {
	name, description string
	protocol          string // "" means any
	first, last       uint16
}

type record struct {
	Name        string `xml:"name"`
	Protocol    string `xml:"protocol"`
	Number      string `xml:"number"`
	Description struct {
		Text string `xml:",innerxml"`
	} `xml:"description"`
}

// readRegistry returns the rows that have a port, in the registry's order; names without a port
// (DNS-SD only) are left out.
func readRegistry(path string) ([]row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	var registry struct {
		Records []record `xml:"record"`
	}
	if err := xml.NewDecoder(r).Decode(&registry); err != nil {
		return nil, err
	}
	var rows []row
	for i, rec := range registry.Records {
		if strings.TrimSpace(rec.Number) == "" {
			continue
		}
		w, err := newRow(rec)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", i+1, err)
		}
		rows = append(rows, w)
	}
	return rows, nil
}

func newRow(rec record) (row, error) {
	w := row{protocol: strings.TrimSpace(rec.Protocol)}
	var err error
	if w.first, w.last, err = ports(strings.TrimSpace(rec.Number)); err != nil {
		return w, err
	}
	// Behind a line break some descriptions say only that the name replaces an older spelling.
	text, _, _ := strings.Cut(rec.Description.Text, "<br/>")
	if w.description, err = plain(text); err != nil {
		return w, err
	}
	w.name, err = plain(rec.Name)
	return w, err
}

func ports(s string) (first, last uint16, err error) {
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	a, err := strconv.ParseUint(from, 10, 16)
	if err != nil {
		return 0, 0, err
	}
	b, err := strconv.ParseUint(to, 10, 16)
	if err == nil && b < a {
		err = fmt.Errorf("range %s runs backwards", s)
	}
	return uint16(a), uint16(b), err
}

// plain makes one line of printable ASCII: old consoles show nothing else rightly.
func plain(inner string) (string, error) {
	var text string
	if err := xml.Unmarshal([]byte("<t>"+inner+"</t>"), &text); err != nil {
		// A name has had its entities resolved already.
		text = inner
	}
	text = strings.Join(strings.Fields(text), " ")
	var b strings.Builder
	for _, c := range norm.NFKD.String(text) {
		switch {
		case c >= ' ' && c <= '~':
			b.WriteRune(c)
		case c == '\u2018' || c == '\u2019':
			b.WriteByte('\'')
		case c == '\u201c' || c == '\u201d':
			b.WriteByte('"')
		case c == '\u2013' || c == '\u2014':
			b.WriteByte('-')
		case c >= 0x300 && c <= 0x36f: // accents that NFKD took off their letters
		default:
			return "", fmt.Errorf("no ASCII spelling known for %q in %q", c, text)
		}
	}
	return b.String(), nil
}
