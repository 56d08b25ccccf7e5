// Package outfile writes a report into a file so that the file is never half-written: it is checked before
// anything is sent, written beside its place and moved there at the end.
package outfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"whyport/probe/target"
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
	return mistake.New(
		"name a file in a folder that you may write to: -o report.txt",
		"%s can't be written: %s",
		target.ShownFile(name),
		reason,
	)
}

// Open checks that name can be written and prepares for it; what it held stays until Commit. Devices and
// named pipes are written directly; "" and "-" stand for standard output. The error is a *mistake.Error.
//
// A named pipe is waited for until somebody reads it or ctx ends.
func Open(ctx context.Context, name string, standard *os.File) (*File, error) {
	if name == "" || name == "-" {
		return &File{File: standard}, nil
	}
	place, err := filepath.EvalSymlinks(name)
	if _, there := os.Stat(name); there == nil && errors.Is(err, fs.ErrNotExist) {
		place, err = name, nil // /dev/stdout leads to what has no path where a pipe stands for it
	}
	if errors.Is(err, fs.ErrNotExist) {
		if info, linkErr := os.Lstat(name); linkErr == nil && info.Mode().Type() == fs.ModeSymlink {
			return nil, refused(name, "it is a link to something that does not exist") // to rename over it would break it
		}
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
		if info.Mode().Type() == fs.ModeNamedPipe {
			return openPipe(ctx, name, place)
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

// Moves are the files that Commit moves, from and to; both "" where it moves none.
func (f *File) Moves() (from, to string) {
	if f.place == "" {
		return "", ""
	}
	return f.Name(), f.place
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
	if errors.Is(err, fs.ErrPermission) {
		// In a folder with the sticky bit nobody may replace another's file, but it was open for writing (rename(2)).
		err = overwrite(f.place, f.Name())
	}
	os.Remove(f.Name()) // is gone where all went well
	return err
}

func overwrite(place, from string) error {
	report, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(place, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(report)
	return errors.Join(err, file.Close())
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
