//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nobody is the unprivileged user and group of Command.
const nobody = 65534

// Command prepares a program that runs in the client's network namespace as uid and gid 65534, with no
// supplementary group and no capability. It is a plain exec.Cmd: set Stdin, Env and so on, and Run it from
// anywhere. The process is the program itself (nsenter replaces itself by it), so signals reach it. HOME
// and the working directory are an empty directory of its own. A file that the user could not reach, such as one in
// t.TempDir(), is made reachable if it is the program; for its other files use Publish.
func (l *Lab) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	l.t.Helper()
	return l.CommandAt(ctx, "client", name, args...)
}

// CommandAt is Command in the namespace of another node.
func (l *Lab) CommandAt(ctx context.Context, node, name string, args ...string) *exec.Cmd {
	l.t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		l.t.Fatalf("lab: %v", err)
	}
	if !reachable(path) {
		path = l.Publish(path)
	}
	user := strconv.Itoa(nobody)
	cmd := exec.CommandContext(ctx, "nsenter", append([]string{
		fmt.Sprintf("--net=/proc/%d/fd/%d", os.Getpid(), l.node(node).file.Fd()),
		"--setgid", user, "--setuid", user, "--", path}, args...)...)
	cmd.Dir = filepath.Join(l.dir, "home")
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir)
	cmd.WaitDelay = time.Second
	return cmd
}

// reachable tells whether the unprivileged user may execute the file: each directory above it is open to all.
func reachable(path string) bool {
	for p := path; ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm()&1 == 0 {
			return false
		}
		if p == filepath.Dir(p) {
			return true
		}
	}
}

// Publish puts a copy of a file where the unprivileged user can read (and execute) it and returns its path. Later
// changes of the file are not seen.
func (l *Lab) Publish(path string) string {
	l.t.Helper()
	if to, ok := l.published[path]; ok {
		return to
	}
	dir := filepath.Join(l.dir, strconv.Itoa(len(l.published)))
	to := filepath.Join(dir, filepath.Base(path))
	err := os.Mkdir(dir, 0o755)
	if err == nil {
		err = copyFile(path, to)
	}
	if err != nil {
		l.t.Fatalf("lab: %v", err)
	}
	l.published[path] = to
	return to
}

// PublishBytes is Publish for content that is no file yet, such as a CA's PEM.
func (l *Lab) PublishBytes(name string, content []byte) string {
	l.t.Helper()
	to := filepath.Join(l.dir, name)
	if err := os.WriteFile(to, content, 0o644); err != nil {
		l.t.Fatalf("lab: %v", err)
	}
	return to
}

// copyFile keeps other goroutines from starting processes meanwhile: one that inherited the descriptor for writing
// would make the copy a "text file busy".
func copyFile(from, to string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Chmod(0o755), out.Close())
}

// dirPrefix is followed by the process's id.
const dirPrefix = "whyport-lab-"

// makeDir makes the lab's directory, and removes those of processes that were killed.
func (l *Lab) makeDir(config) error {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+"*"))
	for _, dir := range old {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
		if n, err := strconv.Atoi(pid); err == nil && syscall.Kill(n, 0) == syscall.ESRCH {
			os.RemoveAll(dir)
		}
	}
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", dirPrefix, os.Getpid()))
	if err != nil {
		return err
	}
	l.dir = dir
	home := filepath.Join(dir, "home")
	err = errors.Join(os.Chmod(dir, 0o755), os.Mkdir(home, 0o700), os.Chown(home, nobody, nobody))
	if err == nil && !reachable(dir) {
		err = fmt.Errorf("%s can't be reached by an unprivileged user: set TMPDIR to a directory that can, such as /tmp", dir)
	}
	return err
}

// Build compiles a main package ("whyport", for example) once for the test and returns the program's path.
// flags go to "go build".
func Build(t testing.TB, pkg string, flags ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.Base(pkg))
	args := append(slices.Concat([]string{"build", "-o", path}, flags), pkg)
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return path
}
