package redact

import (
	"testing"

	"whyport/probe"
)

// TestUsersOfEverySystem: their names tell nothing, and hiding one would turn "Nobody answers" into its opposite.
func TestUsersOfEverySystem(t *testing.T) {
	for user, want := range map[string]string{"nobody": "Nobody answers jane.", "jane": "Nobody answers this-user."} {
		if got := New(Own{User: user}, &probe.Plan{}, false).Text("Nobody answers jane."); got != want {
			t.Errorf("%s: %q", user, got)
		}
	}
}
