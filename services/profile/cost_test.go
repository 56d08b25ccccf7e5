package profile

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"whyport/probe/realtime"
	"whyport/services/mistake"
)

// A profile that somebody else wrote costs a moment and little memory, whatever stands in it, and the answer names the line.
func TestProfilesCostAMoment(t *testing.T) {
	full := func(head, again, tail string) string {
		return head + strings.Repeat(again, (maxFile-len(head)-len(tail))/len(again)) + tail
	}
	var indented strings.Builder
	for i := range 700 {
		indented.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for name, text := range map[string]string{
		"lists open": full("", "[", ""), "lists": strings.Repeat("[", maxFile/2) + strings.Repeat("]", maxFile/2), "maps": full("", "{a: ", ""),
		"items": full("", "- ", ""), "items with tabs": full("", "-\t", ""), "items in a list": full("groups: [", "- ", ""), "questions": full("", "? ", ""),
		"indented": indented.String(), "anchors": full("groups: ", "&a ", ""), "tags": full("groups: ", "!!a ", ""), "keys": full("", "a: b\n", ""),
		"all ports": full("groups: [{mode: any, ports: [", "1-65535,", "1]}]"), "groups of all ports": full("groups: [", "{mode: any, ports: [1-65535]},", "]"),
		"groups": full("groups: [", "{mode: any, ports: [1]},", "]"), "documents": full("", "---\n", ""), "merges": full("a: &a {b: c}\n", "<<: *a\n", ""),
		"lists of lists": full("a: &a {b: c}\n", "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - -\n", ""),
		"lines of lists": full("notes:\n", "- [[[[[[[[[[]]]]]]]]]]\n", ""),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		spent := realtime.CPU()
		_, err := parse("x", "x.yaml", []byte(text))
		took := spent()
		runtime.ReadMemStats(&after)
		u, ok := errors.AsType[*mistake.Error](err)
		if !ok || !strings.Contains(u.Problem, "x.yaml") || u.Instead == "" {
			t.Errorf("%s: %v", name, err)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 10*time.Second || used > 300 {
			t.Errorf("%s: %v and %d MB for %d bytes", name, took, used, len(text))
		}
	}
}

func TestDepthIsNamedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"title: x\ngroups: " + strings.Repeat("[", 40): "line 2", "title: x\n\n" + strings.Repeat("- ", 40) + "x": "line 3",
	} {
		if _, err := parse("x", "x.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "more than 32") {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	if _, err := parse("x", "x.yaml", []byte("title: x [see \"[y]\"\nnotes: [\"a - b - c: [\"]\ngroups: [{mode: any, ports: [443]}]")); err != nil {
		t.Error(err)
	}
}
