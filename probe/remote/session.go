package remote

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// session is one run of ssh.
type session struct {
	client *Client
	job    *Job
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    stream
	err    tail
	words  chan word     // of the script; as many as it can say
	exited chan struct{} // ssh has ended, and all that it wrote is read
	limit  *time.Timer   // for what goes on now
	ending bool          // the script was told to end
	found  Outcome       // as far as the script or this end decided it
}

type word struct{ said, behind string }

// options for ssh beside the user's configuration: nothing is forwarded, nothing asked where several would ask at once, no command
// of the configuration runs instead, and a connection that went silent ends after 15 s.
func (c *Client) options(h Host, job *Job) []string {
	all := []string{"-T", "-a", "-x", "-o", "ConnectTimeout=" + strconv.Itoa(max(1, int(c.Connect.Seconds()))),
		"-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "ClearAllForwardings=yes", "-o", "RemoteCommand=none",
		"-o", "PermitLocalCommand=no", "-o", "EscapeChar=none", "-o", "LogLevel=ERROR"}
	if !c.Ask {
		all = append(all, "-o", "BatchMode=yes")
	}
	if job.Copy != nil {
		all = append(all, "-o", "Compression=yes")
	}
	if h.port != "" {
		all = append(all, "-p", h.port)
	}
	return append(all, "--", h.to)
}

func (c *Client) start(h Host, job *Job, line func([]byte)) (*session, error) {
	s := &session{client: c, job: job, words: make(chan word, 8), exited: make(chan struct{})}
	s.out = stream{nonce: rand.Text(), line: line, said: func(said, behind string) {
		select {
		case s.words <- word{said, behind}:
		default: // a script says three at most: somebody else's
		}
	}}
	text := script(job, s.out.nonce)
	s.cmd = exec.Command(c.Program, append(c.options(h, job), loader(text))...)
	s.cmd.Stdout, s.cmd.Stderr, s.cmd.WaitDelay = &s.out, &s.err, time.Second // a master connection that stays may hold standard error
	if !c.Ask {
		s.cmd.Env = append(os.Environ(), "SSH_ASKPASS_REQUIRE=never")
		detach(s.cmd)
	}
	var err error
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.cmd.Wait(); close(s.exited) }()
	go io.WriteString(s.stdin, text) // ends with ssh at the latest
	return s, nil
}

// wait sees a session through to its end.
func (s *session) wait(ctx context.Context) Outcome {
	login := 2*s.client.Connect + loginTime
	if s.client.Ask {
		login = time.Hour // who is asked ends it with Ctrl-C
	}
	s.limit = time.NewTimer(login)
	defer s.limit.Stop()
	over := ctx.Done()
	for {
		select {
		case <-s.exited:
			for len(s.words) > 0 { // said just before
				s.react(<-s.words)
			}
			return s.judged()
		case <-over:
			over = nil
			s.end(Interrupted, "")
		case <-s.limit.C:
			if s.ending {
				kill(s.cmd, !s.client.Ask)
			} else {
				s.end(TooSlow, "")
			}
		case w := <-s.words:
			s.react(w)
		}
	}
}

// end has the script there end, and the program, which then says what it knows.
func (s *session) end(k Kind, words string) {
	if s.found.Kind == Unknown {
		s.found.Kind, s.found.Words = k, words
	}
	s.ending = true
	go s.stdin.Close() // a Write that waits does not hold this up
	s.limit.Reset(grace)
}

// react does what a word of the script asks for.
func (s *session) react(w word) {
	switch w.said {
	case saysPush:
		if s.job.Copy == nil || !s.job.Copy.fits(w.behind) {
			s.end(OtherSystem, w.behind)
			return
		}
		s.limit.Reset(copyTime)
		go s.stdin.Write(s.job.Copy.Program)
	case saysRun:
		s.limit.Reset(s.job.Within)
	case saysMissing:
		s.end(NoProgram, w.behind)
	case saysFail:
		if w.behind == failedFolder {
			s.end(NoFolder, "")
		} else {
			s.end(NotCopied, "")
		}
	case saysEnd:
		s.end(Done, "")
	}
}

// sshFailed is ssh's own exit code (ssh(1), EXIT STATUS).
const sshFailed = 255

// Exit codes of a shell for a command that it can't run (POSIX.1-2017, Shell Command Language, 2.8.2).
const (
	notExecutable = 126
	notFound      = 127
)

// judged says how a session ended of which the script did not say it.
func (s *session) judged() Outcome {
	found, said := s.found, lastWords(string(s.err.kept))
	found.Code = s.out.code
	if found.Words == "" {
		found.Words = said
	}
	switch {
	case s.out.tooMuch:
		found.Kind, found.Words = TooMuch, ""
	case s.out.ended && (s.out.code == notExecutable || s.out.code == notFound):
		found.Kind = NotRun
	case found.Kind != Unknown:
	case s.out.heard:
		found.Kind = BrokenOff
	case s.cmd.ProcessState.ExitCode() == sshFailed:
		found.Kind = NoLogin
	default:
		if found.Kind = NoShell; said == "" {
			found.Words = lastWords(string(s.out.noise.kept))
		}
	}
	return found
}
