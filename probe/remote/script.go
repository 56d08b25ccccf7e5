package remote

import (
	"fmt"
	"strconv"
	"strings"
)

// loader is the command line for the login shell there, whichever it is (sh, csh and fish read it alike): a POSIX shell that takes
// so many bytes of script from standard input. dd reads one by one, so that none of what follows is lost.
func loader(script string) string {
	return `sh -c 'eval "$(dd bs=1 count=` + strconv.Itoa(len(script)) + ` 2>/dev/null)"'`
}

// The words that a script says on lines of its own.
const (
	saysPush    = "push"    // it waits for the copy; behind it, the system's name
	saysMissing = "missing" // the program is not there; behind it, the system's name
	saysFail    = "fail"    // behind it, what failed: folder or copy
	saysRun     = "run"     // what follows is the program's output
	saysEnd     = "end"     // behind it, the program's exit code
	mark        = "whyport-"

	failedFolder, failedCopy = "folder", "copy"
)

// script runs a job in a POSIX shell. Lines of its own bear the nonce: the login shell's start files may print things, too.
func script(job *Job, nonce string) string {
	var b strings.Builder
	b.WriteString(`umask 077
trap '' PIPE
p= d= w=
over() { trap '' HUP INT TERM; [ -z "$p" ] || kill "$p" 2>/dev/null; [ -z "$d" ] || rm -rf "$d"; }
trap over EXIT
trap 'exit 1' HUP INT TERM
say() { printf '\n` + mark + `%s ` + nonce + ` %s\n' "$1" "$2"; }
exec 3<&0 </dev/null
`)
	if job.Copy != nil || len(job.Files) > 0 {
		b.WriteString(`d=$(mktemp -d "${TMPDIR:-/tmp}/whyport.XXXXXX") || { d=; say ` + saysFail + ` ` + failedFolder + `; exit 0; }` + "\n")
	}
	b.WriteString(finds(job))
	for _, f := range job.Files {
		end := "end-" + nonce
		fmt.Fprintf(&b, "cat >\"$d\"/%s <<'%s'\n%s\n%s\n", quote(f.Name), end, f.Text, end)
	}
	for _, e := range job.Env {
		name, value, _ := strings.Cut(e, "=")
		fmt.Fprintf(&b, "%s=%s\nexport %s\n", name, quote(value), name)
	}
	b.WriteString("say " + saysRun + " \"$w\"\n\"$w\"")
	for _, f := range job.Flags {
		b.WriteString(" " + quote(f))
	}
	for _, f := range job.Files {
		b.WriteString(" " + f.Flag + `="$d"/` + quote(f.Name))
	}
	b.WriteString(" --")
	for _, w := range job.Words {
		b.WriteString(" " + quote(w))
	}
	b.WriteString(` 3<&- &
p=$!
{ cat <&3; kill "$p"; } >/dev/null 2>&1 &
k=$!
wait "$p"
code=$?
p=
kill "$k" 2>/dev/null
say ` + saysEnd + ` "$code"
exit 0
`)
	return b.String()
}

// finds sets $w to the program.
func finds(job *Job) string {
	switch missing := `{ say ` + saysMissing + ` "$(uname -sm)"; exit 0; }` + "\n"; {
	case job.Copy != nil:
		size := strconv.Itoa(len(job.Copy.Program))
		return "say " + saysPush + ` "$(uname -sm)"
w=$d/whyport
head -c ` + size + ` <&3 >"$w"
[ "$(wc -c <"$w")" -eq ` + size + ` ] && chmod 700 "$w" || { say ` + saysFail + " " + failedCopy + "; exit 0; }\n"
	case job.Path != "":
		path := quote(job.Path)
		if inHome, is := strings.CutPrefix(job.Path, "~/"); is {
			path = `"$HOME"/` + quote(inHome)
		}
		return "w=" + path + "\n" + `[ -f "$w" ] && [ -x "$w" ] || ` + missing
	default:
		return `for c in "$(command -v whyport)" "${HOME:-}/.local/bin/whyport"; do
	if [ -f "$c" ] && [ -x "$c" ]; then w=$c; break; fi
done
[ -n "$w" ] || ` + missing
	}
}

// quote writes a word so that a POSIX shell takes it as it is (POSIX.1-2017, Shell Command Language, 2.2.2).
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
