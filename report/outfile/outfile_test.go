package outfile

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whyport/services/mistake"
)

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func alone(t *testing.T, dir string, want int) {
	t.Helper()
	if left, _ := os.ReadDir(dir); len(left) != want {
		t.Errorf("files left: %v", left)
	}
}

func TestOldReportStaysUntilTheNewOneIsWhole(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "report.json")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "ne")
	if got := content(t, name); got != "old" {
		t.Errorf("before Commit: %q", got)
	}
	f.Discard()
	if got := content(t, name); got != "old" {
		t.Errorf("after Discard: %q", got)
	}
	if f, err = Open(t.Context(), name, nil); err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "new")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := content(t, name); got != "new" {
		t.Errorf("after Commit: %q", got)
	}
	if info, _ := os.Stat(name); info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
		t.Errorf("mode became %v", info.Mode())
	}
	alone(t, dir, 1)
}

func TestLinkSurvives(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	os.WriteFile(name, []byte("old"), 0o644)
	if err := os.Symlink(name, link); err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal(err)
		}
		t.Skip("no links here: ", err)
	}
	f, err := Open(t.Context(), link, nil)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "new")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Lstat(link); info.Mode().Type() != os.ModeSymlink || content(t, name) != "new" {
		t.Error("the link was replaced, or its target not written")
	}
}

func TestWhatCantBeWritten(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{
		dir:                              "it is a folder",
		filepath.Join(dir, "no", "file"): "there is no such folder",
	} {
		_, err := Open(t.Context(), name, nil)
		if e, ok := err.(*mistake.Error); !ok || !strings.HasSuffix(e.Problem, "can't be written: "+want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	alone(t, dir, 0)
}

func TestDeviceIsWrittenDirectly(t *testing.T) {
	f, err := Open(t.Context(), os.DevNull, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "x"); err != nil {
		t.Error(err)
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
}

// A link to nothing is not replaced by a file: it would be broken without a word.
func TestLinkToNothingIsRefused(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "nothing"), link); err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal(err)
		}
		t.Skip("no links here: ", err)
	}
	if _, err := Open(t.Context(), link, nil); err == nil || !strings.HasSuffix(err.Error(), "it is a link to something that does not exist") {
		t.Error(err)
	}
	alone(t, dir, 1)
}
