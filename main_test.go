package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"whyport/probe/realtime"
	"whyport/report"
	"whyport/report/reporttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"whyport": main})
}

// TestScripts runs the program as a person does: testdata/script has what is typed and what must come back.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			e.Setenv("COLUMNS", "100")
			e.Values["tb"], e.Values["counts"] = e.T().(testing.TB), map[string]*atomic.Int32{}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "race" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return realtime.Raced, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"listen": cmdListen, "untouched": cmdUntouched, "demoservers": cmdDemoServers,
			"exits": cmdExits, "refuses": cmdRefuses, "valid": cmdValid, "closedpipe": cmdClosedPipe, "interrupt": cmdInterrupt,
		},
	})
}

func exitCode(ts *testscript.TestScript, err error) int {
	if err == nil {
		return 0
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		ts.Fatalf("could not run: %v", err)
	}
	return exit.ExitCode()
}

// exits CODE COMMAND...: the exit code is exactly this one.
func cmdExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitCode(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// refuses PROBLEM INSTEAD COMMAND...: a usage error in exactly two lines that match, on standard error alone.
func cmdRefuses(ts *testscript.TestScript, _ bool, args []string) {
	if got := exitCode(ts, ts.Exec(args[2], args[3:]...)); got != report.ExitUsage {
		ts.Fatalf("exit code %d", got)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("standard output is not empty: %s", out)
	}
	text := ts.ReadFile("stderr")
	lines := strings.SplitAfter(text, "\n")
	if len(lines) != 3 || lines[2] != "" {
		ts.Fatalf("not two lines: %q", text)
	}
	for i, want := range []string{"^whyport: .*" + args[0], "^Instead: .*" + args[1]} {
		if !regexp.MustCompile(want).MatchString(lines[i]) {
			ts.Fatalf("line %d is %q, want %q", i+1, lines[i], want)
		}
	}
}

// valid FILE [lines]: the JSON follows the schema that the program prints; with "lines" each line does.
func cmdValid(ts *testscript.TestScript, _ bool, args []string) {
	tb := ts.Value("tb").(testing.TB)
	check := reporttest.Validate
	if len(args) > 1 {
		check = reporttest.ValidateLines
	}
	if check(tb, []byte(ts.ReadFile(args[0]))); tb.Failed() {
		ts.Fatalf("%s is not valid", args[0])
	}
}

// closedpipe CODE COMMAND...: nobody reads standard output; the program ends by itself, quietly.
func cmdClosedPipe(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	read, write, err := os.Pipe()
	ts.Check(err)
	read.Close()
	defer write.Close()
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	var stderr bytes.Buffer
	cmd := exec.Command(path, args[2:]...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = write, &stderr, ts.Getenv("WORK")
	if got := exitCode(ts, cmd.Run()); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if stderr.Len() > 0 {
		ts.Fatalf("not quiet: %s", stderr.String())
	}
}

// interrupt CODE DELAY COMMAND...: Ctrl-C after the delay. The output goes to the files out and err. A program that the signal ended
// before it had begun to listen for any is run again, and given more time.
func cmdInterrupt(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	delay, err := time.ParseDuration(args[1])
	ts.Check(err)
	got, took := -1, time.Duration(0)
	for try := 0; got == -1 && try < 4; try++ {
		got, took = interrupted(ts, delay<<try, args[2], args[3:])
	}
	if got != want || took > 3*time.Second { // a busy machine takes a while to end a process
		ts.Fatalf("exit code %d, want %d, %v after Ctrl-C\n%s%s", got, want, took, ts.ReadFile("out"), ts.ReadFile("err"))
	}
}

// interrupted is the exit code, -1 where the signal ended the process, and how long after the signal that was.
func interrupted(ts *testscript.TestScript, delay time.Duration, program string, args []string) (int, time.Duration) {
	path, err := exec.LookPath(program)
	ts.Check(err)
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = &stdout, &stderr, ts.Getenv("WORK")
	ts.Check(cmd.Start())
	time.Sleep(delay)
	ts.Check(cmd.Process.Signal(os.Interrupt))
	begun := time.Now()
	code := exitCode(ts, cmd.Wait())
	took := time.Since(begun)
	ts.Check(os.WriteFile(ts.MkAbs("out"), stdout.Bytes(), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("err"), stderr.Bytes(), 0o666))
	return code, took
}

// TestCommandsAct: every row of the table of commands has its action; the library would print its help instead.
func TestCommandsAct(t *testing.T) {
	for _, c := range (&program{}).app().Commands {
		if c.Action == nil {
			t.Errorf("%s does nothing", c.Name)
		}
	}
}
