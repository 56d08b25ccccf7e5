// Package shell has what shells ask for: scripts that complete a command line, and the manual page.
package shell

import (
	"embed"
	"io"
	"path"
)

// Question is the first argument of a command line by which a script asks what could come next: the words before and the
// one that is being typed follow. The answer is a word a line; none: files.
const Question = "--complete"

//go:embed scripts
var scripts embed.FS

// files are the scripts by the shell's name.
func files() map[string]string {
	return map[string]string{"bash": "bash.sh", "zsh": "zsh.sh", "fish": "fish.fish", "powershell": "powershell.ps1"}
}

// Names are the shells for which there is a script.
func Names() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// WriteCompletion writes the script of a shell of Names.
func WriteCompletion(w io.Writer, name string) error {
	text, err := scripts.ReadFile(path.Join("scripts", files()[name]))
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
