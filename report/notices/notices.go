// Package notices has the licences of what the program is made of: they ask to be passed on with it.
package notices

import (
	_ "embed"
	"io"
)

// Made from the modules that are linked on any system: go test ./report/notices -update
//
//go:embed notices.txt
var text string

// Write prints them.
func Write(w io.Writer) error {
	_, err := io.WriteString(w, text)
	return err
}
