// Whyport says which ports of a server this computer can reach and, where it can't, what stops it.
//
// A diagnosis has to get through to servers that a careful client turns away. These settings of crypto/tls, crypto/rsa and
// crypto/x509 allow RSA keys under 1024 bits, SHA-1 signatures in TLS 1.2, certificates whose serial number is negative
// (Go refuses to read them), and RSA keys above 8192 bits. What is wrong is said by the judge of certificates.
//
//go:debug rsa1024min=0
//go:debug tlssha1=1
//go:debug x509negativeserial=1
//go:debug tlsmaxrsasize=16384
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/demo"
	"whyport/probe/egress"
	"whyport/probe/here"
	"whyport/probe/local"
	"whyport/report"
	"whyport/report/explain"
	"whyport/report/format"
	"whyport/report/listing"
	"whyport/report/outfile"
	"whyport/report/shell"
	"whyport/report/usage"
	"whyport/services"
	"whyport/services/profile"
)

func main() { os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr)) }

// program is what the actions share.
type program struct {
	in          io.Reader
	out, errOut *os.File
	names       *services.Registry
	help        *outfile.Watched // out, for the library's help texts
	code        int              // exit code of an action that ended without error
}

func run(args []string, in io.Reader, out, errOut *os.File) int {
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error of the write, and the run ends in order
	ctx, stop := signal.NotifyContext(context.Background(), usage.EndSignals()...)
	defer stop()
	context.AfterFunc(ctx, stop) // the second Ctrl-C ends the process at once; see write
	slog.SetDefault(slog.New(slog.DiscardHandler))
	p := &program{in: in, out: out, errOut: errOut, help: &outfile.Watched{Out: out}, names: services.Load()}
	app := p.app()
	if words, asked := usage.Complete(app, "check", p.names, args); asked {
		for _, w := range words {
			io.WriteString(p.help, w+"\n")
		}
		return report.ExitMet
	}
	typed := args
	args, err := usage.Arrange(app, "check", args)
	if err == nil {
		err = errors.Join(app.RunContext(ctx, args), p.help.Err)
	}
	if wrong := usage.Of(err); wrong != nil {
		usage.Print(errOut, wrong)
		usage.Clicked(typed, in, errOut)
		if usage.ForNagios(typed) {
			usage.PrintUnknown(out, wrong)
			return format.NagiosUsage
		}
		return report.ExitUsage
	}
	if err != nil && !outfile.Closed(err) {
		usage.PrintFailure(errOut, err)
		return report.ExitNotTested
	}
	return p.code
}

// app is the program as the command line describes it; report/usage has the table.
func (p *program) app() *cli.App {
	app := usage.App(map[string]cli.ActionFunc{
		"":           p.root,
		"check":      p.check,
		"egress":     p.egress,
		"here":       p.here,
		"listen":     p.listen,
		"local":      p.local,
		"peer":       p.peer,
		"services":   p.services,
		"profiles":   p.profiles,
		"show":       p.show,
		"compare":    p.compare,
		"explain":    p.explain,
		"exporter":   p.exporter,
		"demo":       p.demo,
		"schema":     p.schema,
		"version":    p.version,
		"completion": p.completion,
		"man":        p.manual,
	})
	app.Writer, app.ErrWriter = p.help, p.errOut
	return app
}

func (p *program) root(c *cli.Context) error {
	if c.Bool("version") {
		return p.write(c, func(w io.Writer) error { return usage.PrintVersion(w, false) })
	}
	return usage.New("type a server: whyport server.example (or whyport demo, or whyport --help)", "no target is named")
}

func (p *program) check(c *cli.Context) error {
	plan, err := usage.Plan(c, p.names, p.in)
	if err != nil {
		return err
	}
	if usage.FromPlaces(c) {
		return p.fromPlaces(c, plan)
	}
	if usage.EachInterface(c) {
		return p.sideBySide(c, plan)
	}
	w, err := usage.Watch(c, p.names, plan, p.out)
	if err != nil {
		return err
	}
	if w == nil {
		run, err := usage.Engine(c, p.names, &plan)
		if err != nil {
			return err
		}
		peer, err := usage.PeerOver(c, &plan)
		if err != nil {
			return err
		}
		if peer != nil {
			if err := peer.Begin(c.Context); err != nil {
				return err
			}
			defer peer.End()
			run = peer.Next
		}
		return p.test(c, plan, run, nil)
	}
	err = p.write(c, func(out io.Writer) error {
		w.Out = out
		p.code, err = w.Run(c.Context)
		return err
	})
	if err == nil {
		usage.PrintWatched(c, p.errOut, w.Answer)
	}
	return err
}

// fromPlaces tests from other computers and lays the runs beside each other.
func (p *program) fromPlaces(c *cli.Context, plan probe.Plan) error {
	from, err := usage.From(c, p.names, plan, p.in, p.errOut)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error {
		found := from.Run(c.Context, p.errOut)
		p.code = found.Code()
		return found.Write(w, from.Form, usage.Width(w))
	})
}

// sideBySide tests through each interface and lays the runs beside each other.
func (p *program) sideBySide(c *cli.Context, plan probe.Plan) error {
	form, err := usage.ComparisonFormat(c)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error {
		found, code, err := usage.SideBySide(c.Context, c, p.names, plan)
		if err != nil {
			return err
		}
		p.code = code
		return found.Write(w, form, usage.Width(w))
	})
}

func (p *program) egress(c *cli.Context) error {
	plan, against, err := usage.Egress(c, p.names, p.in)
	if err != nil {
		return err
	}
	return p.test(c, plan, egress.Against(against), nil)
}

func (p *program) here(c *cli.Context) error {
	request, err := usage.Here(c)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) (err error) {
		p.code, err = usage.HereDone(c, w, here.Look(c.Context, request))
		return err
	})
}

func (p *program) listen(c *cli.Context) error {
	l, err := usage.Listen(c, p.names)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error { return l.Run(c.Context, w) })
}

func (p *program) peer(c *cli.Context) error {
	l, err := usage.Peer(c, p.names)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error { return l.Run(c.Context, w) })
}

func (p *program) local(c *cli.Context) error {
	request, err := usage.Local(c, p.names)
	if err != nil {
		return err
	}
	found, err := local.Look(c.Context, request)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) (err error) { p.code, err = usage.LocalDone(c, w, found, p.names); return err })
}

func (p *program) demo(c *cli.Context) error {
	if c.Args().Present() {
		return usage.New("type whyport demo; it starts its own servers", "the demo takes no target")
	}
	d, err := demo.Start(c.Context)
	if err != nil {
		return p.failed(c, err)
	}
	defer d.Close()
	if err := p.test(c, d.Plan(), probe.Execute, d.Describe); err != nil || c.Context.Err() != nil {
		return err
	}
	p.code = report.ExitMet // some of the demo's ports are broken on purpose
	return nil
}

func (p *program) exporter(c *cli.Context) error {
	file, err := usage.ExporterFile(c)
	if err != nil {
		return err
	}
	if file != nil {
		return p.write(c, func(w io.Writer) error { _, err := w.Write(file); return err })
	}
	if c.Bool("verbose") {
		usage.Log(p.errOut, p.names)
	}
	e, listener, err := usage.Exporter(c, p.names)
	if err != nil {
		return err
	}
	usage.ConfineExporter(c)
	usage.PrintListening(p.errOut, listener)
	return e.Serve(c.Context, listener)
}

func (p *program) services(c *cli.Context) error {
	class := c.String("class")
	if err := usage.Choice("--class", class, services.ClassNames()...); err != nil {
		return err
	}
	found, err := p.names.Find(c.Args().Slice(), c.String("search"), services.Class(class))
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error { return listing.Services(w, p.names, found, usage.Width(w), c.Bool("json")) })
}

func (p *program) profiles(c *cli.Context) error {
	show := listing.Profiles
	if c.Args().Present() {
		show = listing.ProfileDetails
	}
	found, err := profile.All(c.Args().Slice()...)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error { return show(w, p.names, found, usage.Width(w), c.Bool("json")) })
}

func (p *program) show(c *cli.Context) error {
	w, reports, err := usage.Shown(c, p.names, p.in)
	if err != nil {
		return err
	}
	return p.write(c, func(out io.Writer) error {
		w.Out, w.Style = out, usage.Style(c, out)
		for _, r := range reports {
			if err := usage.Show(c, w, r); err != nil {
				return err
			}
			p.code = w.ShownCode(r.Document)
		}
		return nil
	})
}

func (p *program) compare(c *cli.Context) error {
	found, form, err := usage.Compared(c, p.in)
	if err != nil {
		return err
	}
	if !found.Alike {
		p.code = report.ExitNotMet
	}
	return p.write(c, func(w io.Writer) error { return found.Write(w, form, usage.Width(w)) })
}

func (p *program) explain(c *cli.Context) error {
	found, err := usage.Explained(c.Args().Slice())
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error {
		if len(found) == 0 {
			return explain.List(w, usage.Width(w), c.Bool("json"))
		}
		return explain.Print(w, found, usage.Width(w), c.Bool("json"))
	})
}

func (p *program) schema(c *cli.Context) error {
	text, err := usage.SchemaNamed(c)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error { _, err := w.Write(text); return err })
}

func (p *program) version(c *cli.Context) error {
	if err := usage.NoWords(c); err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error { return usage.AboutProgram(c, w) })
}

func (p *program) completion(c *cli.Context) error {
	name, err := usage.ShellNamed(c)
	if err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error { return shell.WriteCompletion(w, name) })
}

func (p *program) manual(c *cli.Context) error {
	if err := usage.NoWords(c); err != nil {
		return err
	}
	return p.write(c, func(w io.Writer) error { return usage.Manual(w, c.App) })
}

// write puts what a command prints where -o says.
func (p *program) write(c *cli.Context, print func(io.Writer) error) error {
	second := usage.AwaitSecond(c.Context) // before there is a file to remove
	out, err := outfile.Open(c.Context, c.String("output"), p.out)
	if err != nil {
		second.Stop()
		return err
	}
	defer second.Undo(out.Discard)()
	usage.Confine(c, out)
	if err := print(out.File); err != nil {
		out.Discard()
		return err
	}
	return out.Commit()
}

// engine makes a run of a plan.
type engine func(context.Context, probe.Plan, probe.Hooks) *probe.Run

// test runs a plan and reports on it; before, if given, introduces the table.
func (p *program) test(c *cli.Context, plan probe.Plan, execute engine, before func(io.Writer) error) error {
	w, err := usage.ReportWriter(c, p.names)
	if err != nil {
		return err
	}
	w.Answers = w.Answers || outfile.Nowhere(p.out)
	if c.Bool("verbose") {
		usage.Log(p.errOut, p.names)
	}
	var run *probe.Run
	err = p.write(c, func(out io.Writer) error {
		ctx, stop := context.WithCancelCause(c.Context)
		defer stop(nil)
		w.Out, w.Style = out, usage.Style(c, out)
		if before != nil && w.Format.Screen && !w.Style.Quiet {
			if err := before(out); err != nil {
				return err
			}
		}
		var lost error // of what was to be written meanwhile
		failed := func(err error) {
			if lost == nil {
				lost = err
			}
			if outfile.Closed(err) {
				stop(err) // nobody reads any more
			}
		}
		hide := usage.Redactor(c, &plan)
		done := hide.Done(w.Begin(hide.Plan(&plan), failed))
		if !c.Bool("quiet") {
			usage.WarnTracking(p.errOut, &plan, "/proc/sys/net/netfilter")
		}
		progress := usage.Progress(c, w.Format, p.errOut, &plan)
		run = execute(ctx, plan, probe.Hooks{Progress: progress.Done, Done: done, Result: func(r probe.Result) {
			progress.Add(r)
			slog.Debug("port", "target", r.Target, "address", r.Port.Addr, "port", r.Port.Port,
				"state", r.Verdict.State, "reason", r.Verdict.Reason)
			if err := w.Add(hide.Result(r)); err != nil {
				failed(err)
			}
		}})
		progress.Stop()
		defer func() { p.code = w.ExitCode(run) }()
		err := errors.Join(w.Finish(hide.Run(run)), usage.Bundle(c, p.names, run, usage.BundleRedactor(c, &plan, hide), p.out))
		if lost != nil {
			err = lost
		}
		return err
	})
	if err != nil && run != nil && !outfile.Closed(err) {
		_ = w.Rescue(p.errOut, run)
	}
	if err == nil {
		usage.PrintAnswer(c, p.out, p.errOut, w)
	}
	return err
}

// failed tells scripts, too, that a run could not begin; run tells people.
func (p *program) failed(c *cli.Context, cause error) error {
	w, err := usage.Writer(c, p.names)
	if err != nil {
		return err
	}
	if err := p.write(c, func(out io.Writer) error {
		w.Out = out
		return w.Failed(usage.Failure(cause))
	}); err != nil {
		return err
	}
	return cause
}
