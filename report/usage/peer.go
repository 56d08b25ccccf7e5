package usage

import (
	"context"
	"encoding/json"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/farend/ask"
	"whyport/probe/remote"
	"whyport/probe/target"
	"whyport/report"
	"whyport/report/phrase"
	"whyport/services"
)

// Peer reads flags and arguments of the server's end that also tells what the server has.
func Peer(c *cli.Context, names *services.Registry) (*Listening, error) {
	if first := c.Args().First(); c.Args().Len() == 1 && strings.ContainsAny(first, ".:") {
		return nil, New("at the server: whyport peer 443,8443; from here: whyport SERVER -p 443,8443 --peer ssh:SERVER",
			"whyport peer takes ports, and %s is none", target.Shown(first))
	}
	l, err := Listen(c, names)
	if l != nil {
		l.options.Peer = true
	}
	return l, err
}

// peerWait is how long the server's end may take until it says that it listens, after ssh has logged in.
const peerWait = 20 * time.Second

// Peered runs whyport peer at the server over ssh beside a check; nil where nobody asked for that.
type Peered struct {
	host   remote.Host
	client remote.Client
	job    *remote.Job
	Next   func(context.Context, probe.Plan, probe.Hooks) *probe.Run // the check; made by Begin
	end    context.CancelFunc
	ended  chan struct{}
}

// PeerOver checks what --peer says. Nothing is sent.
func PeerOver(c *cli.Context, plan *probe.Plan) (*Peered, error) {
	if !c.IsSet("peer") {
		return nil, nil
	}
	for _, flag := range []string{"token", "code", "meet", "from", "watch", "interface"} {
		if c.IsSet(flag) && (flag != "interface" || c.String(flag) == "all") {
			return nil, Exclusive("--peer", "--"+flag)
		}
	}
	if err := farFits(c, "--peer", plan); err != nil {
		return nil, err
	}
	if len(plan.Targets) != 1 {
		return nil, New("name one server: whyport "+example(plan)+" --peer "+c.String("peer"), "--peer is about one server")
	}
	p := &Peered{ended: make(chan struct{})}
	var err error
	if p.host, err = remote.ParseHost(strings.TrimPrefix(c.String("peer"), overSSH)); err != nil {
		return nil, New("type a name, an address or user@host as ssh knows it: --peer ssh:host", "--peer can't have that host")
	}
	if p.client.Program, err = exec.LookPath("ssh"); err != nil {
		return nil, New("install OpenSSH's client", "there is no program ssh on this computer")
	}
	p.client.Connect = connectTime
	p.job = &remote.Job{Flags: []string{"peer", "--json", "--for=" + strconv.Itoa(int(mostRun.Seconds()))}, Path: c.String("from-path"), Within: mostRun}
	p.job.Words = portWords(plan.Targets[0].Candidates)
	if c.Bool("push") {
		p.job.Copy, err = ownProgram()
	}
	return p, err
}

func portWords(all []probe.Candidate) (out []string) {
	for _, k := range all {
		word := strconv.Itoa(int(k.Port))
		if k.Protocol == evidence.UDP {
			word += "/udp"
		}
		out = append(out, word)
	}
	return out
}

// firstLine is what whyport peer --json says at first.
type firstLine struct {
	Event string `json:"event"`
	Token string `json:"token"`
	Meet  uint16 `json:"meet"`
}

// Begin starts the server's end. The error is why it did not begin.
func (p *Peered) Begin(ctx context.Context) error {
	ctx, p.end = context.WithCancel(ctx)
	began := make(chan firstLine, 1)
	var outcome remote.Outcome
	go func() {
		outcome = p.client.Run(ctx, p.host, p.job, func(line []byte) {
			var l firstLine
			if json.Unmarshal(line, &l) == nil && l.Event == "listening" {
				select {
				case began <- l:
				default:
				}
			}
		})
		close(p.ended)
	}()
	wait := time.NewTimer(2*connectTime + peerWait)
	defer wait.Stop()
	select {
	case l := <-began:
		token, err := farend.ParseToken(l.Token)
		if err != nil {
			p.End()
			return p.failed(&report.Problem{Message: "what it says there was not understood", NextStep: "install this version there, or type --push"})
		}
		p.Next = ask.After(ask.Options{Token: token, Meet: l.Meet})
		return nil
	case <-p.ended:
		problem := problemOf(outcome)
		if problem == nil || problem.Code == "refused" {
			problem = &report.Problem{Message: "whyport there knows no peer command", NextStep: "install this version there, or type --push"}
		}
		return p.failed(problem)
	case <-wait.C:
		p.End()
		return p.failed(&report.Problem{Message: "it did not begin to listen in time", NextStep: "run whyport peer there by hand"})
	}
}

// End has the server's end stop, and waits for it.
func (p *Peered) End() {
	p.end()
	<-p.ended
}

func (p *Peered) failed(why *report.Problem) error {
	return &notBegun{"whyport peer could not be run at " + phrase.Clean(p.host.Name) + ": " + why.Message, why.NextStep}
}
