package services

import (
	"compress/gzip"
	"encoding/xml"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

type sourceRow struct {
	name, protocol, description string
	first, last                 uint16
}

// source reads the kept registry by itself, not through gen, whose mistakes it is to find.
func source(t *testing.T) []sourceRow {
	t.Helper()
	f, err := os.Open("gen/service-names-port-numbers.xml.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var rows []sourceRow
	var now sourceRow
	var number, element string
	broken := false // behind a <br/> of the description
	in := xml.NewDecoder(z)
	for depth := 0; ; {
		token, err := in.Token()
		if err != nil {
			break
		}
		switch x := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case depth == 2:
				now, number, broken = sourceRow{}, "", false
			case depth == 3:
				element = x.Name.Local
			case x.Name.Local == "br":
				broken = true
			}
		case xml.CharData:
			switch {
			case depth < 3 || broken:
			case element == "name":
				now.name += string(x)
			case element == "protocol":
				now.protocol += string(x)
			case element == "description":
				now.description += string(x)
			case element == "number":
				number += string(x)
			}
		case xml.EndElement:
			depth--
			if depth == 2 {
				element, broken = "", false
			}
			if depth == 1 && x.Name.Local == "record" && number != "" {
				now.fill(t, number)
				rows = append(rows, now)
			}
		}
	}
	if len(rows) < 13000 {
		t.Fatalf("the source has %d rows with a port, expected at least 13,000", len(rows))
	}
	return rows
}

func (r *sourceRow) fill(t *testing.T, number string) {
	t.Helper()
	from, to, isRange := strings.Cut(strings.TrimSpace(number), "-")
	if !isRange {
		to = from
	}
	a, errA := strconv.Atoi(from)
	b, errB := strconv.Atoi(to)
	if errA != nil || errB != nil {
		t.Fatalf("number %q", number)
	}
	r.first, r.last = uint16(a), uint16(b)
	r.protocol = strings.TrimSpace(r.protocol)
	r.name = strings.TrimSpace(r.name)
	r.description = strings.Join(strings.Fields(strings.ReplaceAll(r.description, "\u00c9", "E")), " ")
}

// Every row of the registry is answered with its own words, at both ends and in the middle.
func TestTableAgainstSource(t *testing.T) {
	rows := source(t)
	r := New()
	specific := map[[2]string]bool{} // port, protocol: has a row of its own
	names := map[[2]string][]string{}
	for _, row := range rows {
		for p := int(row.first); p <= int(row.last); p++ {
			key := [2]string{strconv.Itoa(p), row.protocol}
			specific[key] = true
			if row.name != "" {
				names[key] = append(names[key], row.name)
			}
		}
	}
	for _, row := range rows {
		protocols := []string{row.protocol}
		if row.protocol == "" {
			protocols = protocolNames[:anyProtocol]
		}
		for _, protocol := range protocols {
			for _, port := range []uint16{row.first, row.first + (row.last-row.first)/2, row.last} {
				key := [2]string{strconv.Itoa(int(port)), protocol}
				if row.protocol == "" && specific[key] {
					continue
				}
				checkRow(t, r, row, port, protocol, names[[2]string{key[0], row.protocol}])
			}
		}
	}
}

func checkRow(t *testing.T, r *Registry, row sourceRow, port uint16, protocol string, names []string) {
	t.Helper()
	p := protocolIndex(protocol)
	found := false
	for i, section := range rowsAt(port, p) {
		s := rowAt(i, section)
		found = found || s.Name == row.name && s.Description == row.description && s.Port == row.first && s.Last == row.last
	}
	if !found {
		// A wide row may begin before a narrow one that covers the same port: the narrow one answers.
		if s := listed(port, p); s.Last-s.Port >= row.last-row.first {
			t.Errorf("%d/%s: %+v is not found; found %+v", port, protocol, row, s)
		}
		return
	}
	s := r.Lookup(port, protocol)
	if row.name != "" && s.Status != Assigned {
		t.Errorf("%d/%s: status %q of %s", port, protocol, s.Status, row.name)
	}
	if row.name == "" && s.Source == SourceIANA {
		want := map[string]Status{"Unassigned": Unassigned, "Reserved": Reserved}[row.description]
		if want != "" && s.Status != want {
			t.Errorf("%d/%s: status %q, the registry says %q", port, protocol, s.Status, row.description)
		}
	}
	got := r.Names(port, protocol)
	for _, name := range names {
		if !slices.ContainsFunc(got, func(n string) bool { return strings.EqualFold(n, name) }) {
			t.Errorf("%d/%s: %q is missing among %q", port, protocol, name, got)
		}
	}
	if len(names) == 0 {
		return
	}
	want := names[0]
	if better := map[uint16]string{465: "submissions", 1701: "l2tp", 2049: "nfs", 9100: "pdl-datastream"}[port]; slices.Contains(names, better) {
		want = better
	}
	if s.Name != want {
		t.Errorf("%d/%s: preferred name %q, want %q", port, protocol, s.Name, want)
	}
}

func TestTableHasNoMoreThanSource(t *testing.T) {
	records := 0
	for section := range protocolNames {
		begin, end := part(section)
		records += end - begin
	}
	if want := len(source(t)); records != want {
		t.Errorf("the table has %d records, the source %d rows with a port", records, want)
	}
}

func TestTableIsPlainText(t *testing.T) {
	for section := range protocolNames {
		begin, end := part(section)
		for i := begin; i < end; i++ {
			s := rowAt(i, section)
			for _, c := range s.Name + s.Description {
				if c < ' ' || c > '~' {
					t.Fatalf("%d/%s: %q", s.Port, s.Protocol, c)
				}
			}
		}
	}
}

// No part of the table may make the search look at the wrong row, whatever port is asked for.
func TestEveryPortAnswersForItself(t *testing.T) {
	r := New()
	for _, protocol := range protocolNames[:anyProtocol] {
		for p := range 65536 {
			s := r.Lookup(uint16(p), protocol)
			if p < int(s.Port) || p > int(s.Last) || s.Protocol != protocol || s.Status == "" {
				t.Fatalf("%d/%s answers %+v", p, protocol, s)
			}
			if p >= 49152 && s.Status != NotListed {
				t.Fatalf("%d/%s is dynamic, but listed: %+v", p, protocol, s)
			}
		}
	}
}
