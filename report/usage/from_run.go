package usage

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"whyport/probe"
	"whyport/probe/remote"
	"whyport/report"
	"whyport/report/compare"
	"whyport/report/page"
	"whyport/report/saved"
	"whyport/services"
)

// connectTime bounds how long ssh waits for a host.
const connectTime = 10 * time.Second

// FromRun is a check from several places, ready to be made.
type FromRun struct {
	Form     string // of the comparison
	places   []place
	plan     probe.Plan
	names    *services.Registry
	client   remote.Client
	job      *remote.Job
	parallel int
	watched  bool // somebody sees the progress
}

// From checks what the flags say of a check from several places. Nothing is sent.
func From(c *cli.Context, names *services.Registry, plan probe.Plan, in io.Reader, errOut *os.File) (*FromRun, error) {
	if !c.IsSet("from") {
		return nil, New("type --from ssh:host, too", "there are flags for --from, which is not given")
	}
	form, err := ComparisonFormat(c)
	if err == nil {
		err = refuseFrom(c)
	}
	if err != nil {
		return nil, err
	}
	if probe.IsLarge(&plan) {
		return nil, New("name the ports that matter: -p 443", "so many ports can't be compared from several places")
	}
	f := &FromRun{Form: form, plan: plan, names: names, parallel: c.Int("from-parallel")}
	if err := Between("--from-parallel", f.parallel, 1, maxParallel); err != nil {
		return nil, err
	}
	if f.places, err = placesOf(c.StringSlice("from")); err != nil {
		return nil, err
	}
	if f.job, err = jobOf(c, names, &f.plan); err != nil {
		return nil, err
	}
	hosts := len(f.places)
	if slices.ContainsFunc(f.places, func(p place) bool { return p.here }) {
		hosts--
	}
	f.client.Connect = connectTime
	if most := plan.Options.MaxTime; most > 0 {
		f.client.Connect = min(most, connectTime)
	}
	if f.client.Program, err = exec.LookPath("ssh"); err != nil && hosts > 0 {
		return nil, New("install OpenSSH's client", "there is no program ssh on this computer")
	}
	screen := term.IsTerminal(int(errOut.Fd()))
	f.client.Ask = hosts == 1 && screen && isTerminal(in)
	f.watched = screen && !c.Bool("quiet") && !f.client.Ask
	return f, nil
}

func isTerminal(in io.Reader) bool {
	f, is := in.(*os.File)
	return is && term.IsTerminal(int(f.Fd()))
}

// Run makes the check everywhere. When ctx ends, what is known by then is the result.
func (f *FromRun) Run(ctx context.Context, errOut io.Writer) *compare.Comparison {
	var progress *page.Places
	if f.watched {
		progress = page.NewPlaces(errOut, len(f.places))
	}
	found := make([]compare.Place, len(f.places))
	free := make(chan struct{}, f.parallel)
	var all sync.WaitGroup
	for i, p := range f.places {
		all.Go(func() {
			found[i] = compare.Place{Name: p.name, Group: p.group}
			select {
			case free <- struct{}{}:
				f.test(ctx, p, &found[i])
				<-free
			case <-ctx.Done():
				found[i].Problem = problemOf(remote.Outcome{Kind: remote.Interrupted})
			}
			progress.Add(found[i].Problem == nil)
		})
	}
	all.Wait()
	progress.Stop()
	return compare.Places(found)
}

// test makes the check at one place.
func (f *FromRun) test(ctx context.Context, p place, found *compare.Place) {
	if ctx.Err() != nil {
		found.Problem = problemOf(remote.Outcome{Kind: remote.Interrupted})
		return
	}
	if p.here {
		found.Doc = report.Build(probe.Execute(ctx, f.plan, probe.Hooks{}), f.names, Version())
		return
	}
	var text []byte
	outcome := f.client.Run(ctx, p.host, f.job, func(line []byte) { text = append(append(text, line...), '\n') })
	found.Doc, found.Problem = f.understood(outcome, text)
}

// understood is what came from a host, and why that is not all.
func (f *FromRun) understood(outcome remote.Outcome, text []byte) (*report.Document, *report.Problem) {
	problem := problemOf(outcome)
	if len(text) == 0 {
		if problem == nil {
			problem = unreadable(errors.New("it said nothing"))
		}
		return nil, problem
	}
	r, err := saved.Read(text)
	if err != nil && problem == nil {
		problem = unreadable(err)
	}
	if err != nil {
		if r, err = saved.ReadPart(text); err != nil {
			return nil, problem
		}
	}
	doc := r.Document
	if problem == nil {
		problem = doc.Error
	}
	f.asked(doc)
	return doc, problem
}

// asked leaves of a report what was asked for: a host may say anything.
func (f *FromRun) asked(doc *report.Document) {
	doc.Targets = slices.DeleteFunc(doc.Targets, func(t report.Target) bool {
		return !slices.ContainsFunc(f.plan.Targets, func(p probe.Target) bool { return p.Input == t.Input })
	})
	for i := range doc.Targets {
		t := &doc.Targets[i]
		t.Ports = slices.DeleteFunc(t.Ports, func(have report.Port) bool {
			return !slices.ContainsFunc(f.plan.Targets, func(p probe.Target) bool {
				return p.Input == t.Input && slices.ContainsFunc(p.Candidates, func(c probe.Candidate) bool {
					return c.Port == have.Port && string(c.Protocol) == have.Protocol
				})
			})
		})
	}
}
