package profile

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// What a profile's text may have. The YAML library's time and memory grow with the square of the depth (500 KB of "- - - ...":
// 24 GB), so it is counted before the library reads the text; a profile needs six levels.
const (
	maxFile   = 256 << 10
	maxDepth  = 32
	maxGroups = 256
)

// checkDepth is an error for a text that nests deeper than any profile: brackets that are not closed, or lists in lists without a
// name between them. Depth by indentation needs no count: each level adds a line that is longer than the one before.
func checkDepth(text []byte) error {
	d := depth{fresh: true}
	for i, c := range text {
		last := i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\t' || text[i+1] == '\n' || text[i+1] == '\r'
		if d.read(c, last); d.open > maxDepth || d.marks > maxDepth {
			at := &token.Token{
				Position: &token.Position{Line: bytes.Count(text[:i], []byte("\n")) + 1, Column: i - bytes.LastIndexByte(text[:i], '\n')},
			}
			return problemAt(at, fmt.Sprintf("more than %d lists or maps stand in each other", maxDepth), example)
		}
	}
	return nil
}

type depth struct {
	open  int  // brackets
	marks int  // of lists ("- ") and maps that follow each other
	fresh bool // a mark can stand here
}

// read takes in one character; last says that a space or nothing follows.
func (d *depth) read(c byte, last bool) {
	switch {
	case c == '[' || c == '{':
		d.open++
		d.fresh = true
	case c == ']' || c == '}':
		d.open, d.marks, d.fresh = max(d.open-1, 0), 0, false
	case (c == '-' || c == '?') && last && d.fresh:
		d.marks++
	case c == ':' && last:
		d.fresh = true
	case c == '\n' && d.open == 0, c == ',':
		d.marks, d.fresh = 0, true
	case c == ' ' || c == '\t' || c == '\r' || c == '\n':
	default:
		d.marks, d.fresh = 0, false
	}
}
