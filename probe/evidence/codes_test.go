package evidence

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestListsAreComplete reads the constants from their source, so that a new code can't be forgotten in its list.
func TestListsAreComplete(t *testing.T) {
	src, err := os.ReadFile("codes.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := slices.Concat(SpeechNotes(), TLSNotes(), VerificationErrors(), Inspections())
	found := regexp.MustCompile(`(?m)^\t\w+ += "([a-z-]+)"`).FindAllSubmatch(src, -1)
	for _, m := range found {
		if !slices.Contains(listed, string(m[1])) {
			t.Errorf("%s is in no list", m[1])
		}
	}
	if len(found) != len(listed) {
		t.Errorf("%d constants, %d listed", len(found), len(listed))
	}
}
