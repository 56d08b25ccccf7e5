// Package outfile writes a report into a file so that the file is never half-written: it is checked before
// anything is sent, written beside its place and moved there at the end.
package outfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"whyport/services/mistake"
)

// File collects a report. It must be ended with Commit or Discard.
type File struct {
	*os.File        // what is written to
	place    string // where it goes in the end, links resolved; "" for what is written directly
	close    bool
}

// refused says why a file can't be written, before anything was written.
func refused(name, reason string) *mistake.Error {
	return mistake.New("name a file in a folder that you may write to: -o report.txt", "%q can't be written: %s", name, reason)
}

// Open checks that name can be written and prepares for it; what it held stays until Commit. Devices and
// named pipes are written directly; "" and "-" stand for standard output. The error is a *mistake.Error.
func Open(name string, standard *os.File) (*File, error) {
	if name == "" || name == "-" {
		return &File{File: standard}, nil
	}
	place, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		place, err = name, nil
	}
	if err != nil {
		return nil, reason(name, err)
	}
	mode := fs.FileMode(0o666)
	info, err := os.Stat(place)
	if err == nil {
		if info.IsDir() {
			return nil, refused(name, "it is a folder")
		}
		// Opening, not the mode's bits, says whether we may.
		old, err := os.OpenFile(place, os.O_WRONLY, 0)
		if err != nil {
			return nil, reason(name, err)
		}
		if !info.Mode().IsRegular() {
			return &File{File: old, close: true}, nil
		}
		old.Close()
		mode = info.Mode().Perm()
	}
	temp, err := os.OpenFile(fmt.Sprintf("%s.%d.tmp", place, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, reason(name, err)
	}
	return &File{File: temp, place: place, close: true}, nil
}

// Commit puts the report in its place.
func (f *File) Commit() error {
	if !f.close {
		return nil
	}
	err := f.File.Close()
	if f.place == "" {
		return err
	}
	if err == nil {
		err = os.Rename(f.Name(), f.place)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Discard leaves everything as it was before Open.
func (f *File) Discard() {
	if f.close {
		f.File.Close()
	}
	if f.place != "" {
		os.Remove(f.Name())
	}
}

func reason(name string, err error) *mistake.Error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refused(name, "there is no such folder")
	case errors.Is(err, fs.ErrPermission):
		return refused(name, "permission is denied")
	case errors.Is(err, fs.ErrExist):
		return refused(name, "another run is writing it")
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return refused(name, p.Err.Error())
	}
	return refused(name, "the system refuses it")
}
