//go:build linux

package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
)

// remoteVariable names the function that a re-executed test binary is to run.
const remoteVariable = "WHYPORT_LAB_REMOTE"

// Main is for TestMain: func TestMain(m *testing.M) { lab.Main(m, funcs) }. It runs the tests or, in a process that
// Remote started, the one function asked for.
func Main(m *testing.M, funcs Funcs) {
	name, asked := os.LookupEnv(remoteVariable)
	if !asked {
		m.Run()
		return
	}
	os.Unsetenv(remoteVariable)
	serveRemote(funcs[name])
}

// remoteReply is what the other process writes to descriptor 3.
type remoteReply struct {
	Result json.RawMessage
	Error  string
}

func serveRemote(f Func) {
	var reply remoteReply
	var result any
	args, err := io.ReadAll(os.Stdin)
	switch {
	case err != nil:
	case f == nil:
		err = errors.New("no function of that name is given to lab.Main")
	default:
		result, err = f(context.Background(), args)
	}
	if err == nil {
		reply.Result, err = json.Marshal(result)
	}
	if err != nil {
		reply.Error = err.Error()
	}
	json.NewEncoder(os.NewFile(3, "result")).Encode(reply)
}

// Remote runs one of the functions given to Main in a new process: in the client's namespace, as the unprivileged
// user of Command. Arguments and result travel as JSON. A panic or os.Exit there is an error here, with what the
// process printed.
func Remote[R any](ctx context.Context, l *Lab, name string, args any) (R, error) {
	l.t.Helper()
	var result R
	self, err := os.Executable()
	if err != nil {
		return result, err
	}
	input, err := json.Marshal(args)
	if err != nil {
		return result, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return result, err
	}
	defer read.Close()
	// Without a call of Main in TestMain no test may run again in the new process.
	cmd := l.Command(ctx, self, "-test.run=^$")
	cmd.Env = append(cmd.Env, remoteVariable+"="+name)
	cmd.Stdin = bytes.NewReader(input)
	cmd.ExtraFiles = []*os.File{write}
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	err = cmd.Start()
	write.Close()
	if err != nil {
		return result, err
	}
	output, _ := io.ReadAll(read)
	if err := cmd.Wait(); err != nil {
		return result, fmt.Errorf("lab: function %s: %w\n%s", name, err, printed.Bytes())
	}
	if len(output) == 0 {
		return result, fmt.Errorf("lab: function %s: no result; TestMain must call lab.Main\n%s", name, printed.Bytes())
	}
	var reply remoteReply
	if err := json.Unmarshal(output, &reply); err != nil {
		return result, err
	}
	if reply.Error != "" {
		return result, errors.New(reply.Error)
	}
	return result, json.Unmarshal(reply.Result, &result)
}
