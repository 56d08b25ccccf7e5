package report_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"whyport/probe/verdict"
)

// TestNdiffReadsTheFiles: nmap's own program for comparing two scans reads ours and finds the port that changed.
func TestNdiffReadsTheFiles(t *testing.T) {
	ndiff, err := exec.LookPath("ndiff")
	if err != nil {
		t.Skip("ndiff is not installed")
	}
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	before, after := iproject(), iproject()
	for i := range after.Targets[0].Results {
		r := &after.Targets[0].Results[i]
		if r.Port.Port == 2000 {
			r.Verdict.State, r.Verdict.Reason, r.Verdict.Usable = verdict.Closed, verdict.Reset, false
		}
	}
	a, b := write("a.xml", written(t, "nmap-xml", before)), write("b.xml", written(t, "nmap-xml", after))
	out, err := exec.CommandContext(t.Context(), ndiff, a, b).CombinedOutput()
	exit, changed := errors.AsType[*exec.ExitError](err)
	if !changed || exit.ExitCode() != 1 { // 0: alike, 2: it could not be read
		t.Fatalf("%v: %s", err, out)
	}
	if !regexp.MustCompile(`(?m)^-2000/tcp +\S+`).Match(out) || !regexp.MustCompile(`(?m)^\+2000/tcp +closed`).Match(out) {
		t.Errorf("the change of port 2000 is not found:\n%s", out)
	}
	if out, err := exec.CommandContext(t.Context(), ndiff, a, a).CombinedOutput(); err != nil {
		t.Errorf("a file differs from itself: %v: %s", err, out)
	}
}
