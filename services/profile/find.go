package profile

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"whyport/services"
	"whyport/services/mistake"
)

//go:embed builtin/*.yaml
var builtin embed.FS

// endings of a profile's file, the usual one first.
var endings = [...]string{".yaml", ".yml"}

// Builtin returns the profiles that come with the program, by name. To use one, Find costs less.
func Builtin() ([]Profile, error) {
	var all []Profile
	for _, name := range builtinNames() {
		p, err := parseBuiltin(name)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// UserDir returns the directory of the user's own profiles, or "" where the system names no
// configuration directory.
func UserDir() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "whyport", "profiles")
}

// Find returns a profile by name, the user's before a built-in one of the same name. Only that
// profile's file is read. The error is a *mistake.Error.
func Find(name string) (Profile, error) {
	name = strings.ToLower(name)
	files := userFiles()[name]
	switch {
	case len(files) > 1:
		return Profile{}, &mistake.Error{
			Problem: fmt.Sprintf(
				"two files define the profile %s: %s and %s",
				name,
				services.ShownFile(files[0]),
				services.ShownFile(files[1]),
			),
			Instead: "rename or remove one of them",
		}
	case len(files) == 1:
		return Load(files[0])
	case slices.Contains(builtinNames(), name):
		return parseBuiltin(name)
	}
	return Profile{}, unknown(name)
}

func unknown(name string) error {
	instead := "name one of " + strings.Join(Names(), ", ")
	if near := Suggest(name); near != "" {
		instead = fmt.Sprintf("did you mean %s? All profiles are listed by: whyport profiles", near)
	} else if strings.ContainsAny(name, `./\`) {
		instead = "name a file with --profile-file; all profiles are listed by: whyport profiles"
	}
	return &mistake.Error{Problem: "there is no profile " + services.Shown(name), Instead: instead}
}

// Load reads a profile from a file; its name is the file's. The error is a *mistake.Error.
func Load(path string) (Profile, error) {
	text, err := readFile(path)
	if err != nil {
		return Profile{}, unreadable(path, err)
	}
	name := filepath.Base(path)
	return parse(strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name))), path, text)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errors.New("it is larger than 256 KiB")
	}
	return text, err
}

func unreadable(path string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	instead := "check the file's name and its permissions"
	if errors.Is(err, fs.ErrNotExist) {
		instead = "check the file's name; the profiles that need no file are listed by: whyport profiles"
	}
	return &mistake.Error{Problem: fmt.Sprintf("the profile %s can't be read: %v", services.ShownFile(path), err), Instead: instead}
}

// All returns the profiles of these names, or every one where none is named. The error is a *mistake.Error.
func All(named ...string) (found []Profile, err error) {
	if len(named) == 0 {
		named = Names()
	}
	for _, name := range named {
		p, err := Find(name)
		if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, nil
}

// Names returns the names of all profiles, built-in and the user's, sorted.
func Names() []string {
	names := builtinNames()
	for name := range userFiles() {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Suggest returns the profile's name that a mistyped one was probably meant to be, or "".
func Suggest(name string) string { return services.Nearest(name, slices.Values(Names())) }

func builtinNames() []string {
	files, err := builtin.ReadDir("builtin")
	if err != nil {
		return nil // the directory is part of the program: TestBuiltin sees it
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(f.Name(), endings[0])
	}
	return names
}

func parseBuiltin(name string) (Profile, error) {
	text, err := builtin.ReadFile("builtin/" + name + endings[0])
	if err != nil {
		return Profile{}, unreadable(name, err)
	}
	return parse(name, OriginBuiltIn, text)
}

// userFiles returns the user's files by profile name. A directory that can't be read has none.
func userFiles() map[string][]string {
	dir := UserDir()
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	files := map[string][]string{}
	for _, e := range entries {
		ending := filepath.Ext(e.Name())
		if slices.Contains(endings[:], strings.ToLower(ending)) {
			name := strings.ToLower(strings.TrimSuffix(e.Name(), ending))
			files[name] = append(files[name], filepath.Join(dir, e.Name()))
		}
	}
	return files
}
