package usage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestEveryFlagIsDecided: a flag of check is passed on to other computers, prepared for them, about what becomes of the results,
// or refused with what to do instead; a new one belongs into one of the lists in from_passed.go.
func TestEveryFlagIsDecided(t *testing.T) {
	known := slices.Concat(passed(), prepared(), keptHere())
	for flag := range refusedFrom() {
		known = append(known, flag)
	}
	for _, f := range CheckFlags() {
		name := f.Names()[0]
		i := slices.Index(known, name)
		if i < 0 {
			t.Errorf("--%s is in no list", name)
			continue
		}
		if known = slices.Delete(known, i, i+1); slices.Contains(known, name) {
			t.Errorf("--%s is in two lists", name)
		}
	}
	if len(known) > 0 {
		t.Errorf("no flags of check: %v", known)
	}
}

func TestPlacesOf(t *testing.T) {
	for text, want := range map[string]string{
		"ssh:oslo": "oslo/", "ssh:oslo,bergen": "oslo/ bergen/", "offices=ssh:oslo,bergen,ssh:dc1": "oslo/offices bergen/offices dc1/",
		"offices=ssh:oslo,here,kiel,dc=ssh:dc1": "oslo/offices here/ kiel/offices dc1/dc", "home=local": "here/home",
		"ssh:oslo,oslo,local,here": "oslo/ here/", "ssh:anna@oslo:2222": "anna@oslo:2222/",
	} {
		got, err := placesOf(strings.Split(text, ","))
		var said []string
		for _, p := range got {
			name := p.name
			if p.here {
				name = "here"
			}
			said = append(said, fmt.Sprintf("%s/%s", name, p.group))
		}
		if err != nil || strings.Join(said, " ") != want {
			t.Errorf("%s: %q %v", text, said, err)
		}
	}
	for text, want := range map[string]string{"oslo": "type --from ssh:oslo", "ssh:-oProxyCommand=x": "type a name", "=ssh:x": "type --from",
		"offices=oslo": "type --from", "ssh:a b": "type a name", "ssh:": "type a name", "here,oslo": "type --from ssh:oslo"} {
		_, err := placesOf(strings.Split(text, ","))
		if wrong := Of(err); wrong == nil || !strings.HasPrefix(wrong.Instead, want) {
			t.Errorf("%s: %v", text, wrong)
		}
	}
}
