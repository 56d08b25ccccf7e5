package explain

import "strings"

// read reads entries: a line "= code: kind, kind", then a line for each field; what is indented goes on with the line before.
func read(text string) (all []Entry) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\n  ", " ")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if code, is := strings.CutPrefix(name, "= "); is {
			e := Entry{Code: code}
			for kind := range strings.SplitSeq(value, ", ") {
				e.Kinds = append(e.Kinds, Kind(kind))
			}
			all = append(all, e)
			continue
		}
		if len(all) > 0 {
			if field := all[len(all)-1].field(name); field != nil {
				*field = value
			}
		}
	}
	return all
}

func (e *Entry) field(name string) *string {
	switch name {
	case "means":
		return &e.Means
	case "seen":
		return &e.Seen
	case "also":
		return &e.Imitations
	case "who":
		return &e.Who
	case "say":
		return &e.Say
	case "of":
		return &e.Of
	}
	return nil
}
