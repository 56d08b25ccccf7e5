// Package remote runs this program on other computers over the system's OpenSSH client, with its configuration, agent, jump hosts
// and known hosts, and reads the lines that it prints there. It knows nothing of what the lines mean.
//
// The login shell there gets one fixed command line, which any shell understands: all else, arguments and secrets included, comes
// through standard input, and so is in no list of processes but as the arguments of the program itself. While standard input is
// open the run goes on; when it ends, because this end has enough or is gone, the program there is told to end in order.
package remote

import (
	"context"
	"time"
)

// Client is the ssh program of this computer.
type Client struct {
	Program string
	Connect time.Duration // ssh's ConnectTimeout
	Ask     bool          // it may ask the terminal for passwords, and has its time; otherwise it can't ask
}

// Job is what runs there.
type Job struct {
	Flags  []string // of the program, before its words
	Words  []string // behind "--"
	Env    []string // NAME=value: secrets, which are on no command line
	Files  []File
	Path   string        // of the program there; "": as it is found
	Copy   *Copy         // of this program, to run instead
	Within time.Duration // for the run, from the program's start
}

// File is one of this computer that a flag names: its text goes into a private folder there.
type File struct {
	Flag, Name string
	Text       []byte
}

// Copy is this program's file, for computers of the same system.
type Copy struct {
	Program  []byte
	OS, Arch string
}

// Bounds.
const (
	grace     = 3 * time.Second // to end in order
	copyTime  = 5 * time.Minute
	loginTime = 10 * time.Second // beyond connecting twice, to a jump host and through it
)

// Run runs a job at a host and calls line with each line of its output, from one goroutine. It ends by itself when ctx ends: soon
// after, since the program there then says what it knows.
func (c *Client) Run(ctx context.Context, h Host, job *Job, line func([]byte)) Outcome {
	s, err := c.start(h, job, line)
	if err != nil {
		return Outcome{Kind: NotStarted, Words: err.Error()}
	}
	return s.wait(ctx)
}
