package bundle

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// command prints a setting; the first of its programs that is there is asked. Nothing is sent by them.
type command struct {
	file  string
	lines []string
}

// patience bounds how long a program is waited for.
const patience = 5 * time.Second

func printed(ctx context.Context, c command) string {
	for _, line := range c.lines {
		words := strings.Fields(line)
		path, err := exec.LookPath(words[0])
		if err != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		out, err := exec.CommandContext(ctx, path, words[1:]...).CombinedOutput()
		cancel()
		if err == nil {
			return "$ " + line + "\n" + string(out)
		}
	}
	return "Not available: none of these programs could be run: " + strings.Join(c.lines, "; ") + "\n"
}
