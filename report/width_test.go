package report_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// checkWidth fails where a line is wider than the terminal.
func checkWidth(t *testing.T, out string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(out, "\n") {
		if n := twwidth.Width(escapes.ReplaceAllString(line, "")); n > width {
			t.Errorf("%d columns where %d fit: %s", n, width, line)
		}
	}
}
