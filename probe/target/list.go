package target

import (
	"fmt"
	"io"
	"os"
	"strings"

	"whyport/services/mistake"
)

// maxList is the most that a list of targets may have, in bytes.
const maxList = 16 << 20

// maxTargets bounds the addresses of a list: a range of one line can have a thousand.
const maxTargets = 1 << 20

// Read reads a list: one target a line; empty lines and what follows a # at a line's beginning or
// after a space is ignored. name is the file's, for messages. Each line is checked, so that the error
// names it; the lines come back as inputs for All.
func Read(r io.Reader, name string, named PortName) ([]string, error) {
	shown := ShownFile(name)
	data, err := io.ReadAll(io.LimitReader(r, maxList+1))
	text, plain := PlainText(data)
	switch {
	case err != nil:
		return nil, wrong("the list of targets %s can't be read", "check the file's name and permissions", shown)
	case len(data) > maxList:
		return nil, wrong("the list of targets %s is larger than 16 MB", "split the list", shown)
	case !plain:
		return nil, wrong("the list of targets %s is not plain text", "save it as text in UTF-8, one target a line", shown)
	}
	var out []string
	number, targets := 0, 0
	for line := range strings.Lines(text) {
		number++
		if line = strip(line); line == "" {
			continue
		}
		found, err := Parse(line, named)
		if err != nil {
			return nil, inLine(err, shown, number, line)
		}
		if targets += len(found); targets > maxTargets {
			return nil, wrong("with line %d of %s there are more than %d targets", "split the list", number, shown, maxTargets)
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		return nil, wrong("the list of targets %s is empty", "write one target a line, such as server.example", shown)
	}
	return out, nil
}

func strip(line string) string {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return ""
	}
	for _, mark := range []string{" #", "\t#"} {
		line, _, _ = strings.Cut(line, mark)
	}
	return strings.TrimSpace(line)
}

func inLine(err error, file string, number int, line string) error {
	e, ok := err.(*mistake.Error)
	if !ok {
		return err
	}
	instead := e.Instead
	if strings.ContainsAny(line, " \t") {
		instead = "write one target a line"
	}
	return &mistake.Error{Problem: fmt.Sprintf("line %d of %s: %s", number, file, e.Problem), Instead: instead}
}

// ReadFile is Read for a file; "-" is standard input.
func ReadFile(name string, stdin io.Reader, named PortName) ([]string, error) {
	if name == "-" {
		return Read(stdin, "standard input", named)
	}
	if found, is, err := Settings(name); is {
		return found, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, wrong("the list of targets %s can't be opened", "check the file's name and permissions", ShownFile(name))
	}
	defer f.Close()
	return Read(f, name, named)
}
