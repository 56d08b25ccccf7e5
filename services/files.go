package services

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// SystemFile returns the path of the operating system's services file.
func SystemFile() string { return systemFile() }

// UserFile returns the path of the user's own services file, or "" where the system names no
// configuration directory.
func UserFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "whyport", "services")
}

// readFiles reads the system's file and the user's. One that is missing is no problem.
func readFiles() (overlays []*Overlay, problems []Problem) {
	for _, f := range [...]struct{ path, source string }{{SystemFile(), SourceSystem}, {UserFile(), SourceUser}} {
		if f.path == "" {
			continue
		}
		o, err := readFile(f.path, f.source)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			problems = append(problems, Problem{File: f.path, Text: err.Error()})
			continue
		}
		for _, p := range o.Problems {
			p.File = f.path
			problems = append(problems, p)
		}
		overlays = append(overlays, o)
	}
	return overlays, problems
}

func readFile(path, source string) (*Overlay, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, unreadable(path, err)
	}
	defer f.Close()
	return ReadOverlay(f, source)
}
