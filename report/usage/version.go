package usage

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"whyport/probe/confine"
)

// Build is how the program was made: what a report of a fault begins with. Empty texts are not known.
type Build struct {
	Version string `json:"version"`          // the tag, or a pseudo-version: Go writes it from the repository
	Commit  string `json:"commit,omitempty"` // full hash
	Date    string `json:"date,omitempty"`   // of the commit, RFC 3339, UTC
	Changed bool   `json:"changed"`          // made from files that were not committed
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Sandbox string `json:"sandbox"` // what a test would be confined by here, or why by nothing

	Abilities []Ability `json:"abilities"`
}

// Version is that of the module as it was built.
func Version() string { return build().Version }

func build() Build {
	b := Build{Version: "development", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		Sandbox: string(confine.Available()), Abilities: Abilities()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			b.Changed = s.Value == "true"
		}
	}
	return b
}

// PrintVersion says it in a line, or as JSON.
func PrintVersion(w io.Writer, asJSON bool) error {
	b := build()
	if asJSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(b)
	}
	line := "whyport " + b.Version
	if b.Commit != "" {
		line += fmt.Sprintf(", commit %.12s of %s", b.Commit, b.Date)
	}
	_, err := fmt.Fprintf(w, "%s, %s, %s/%s\n", line, b.Go, b.OS, b.Arch)
	return err
}
