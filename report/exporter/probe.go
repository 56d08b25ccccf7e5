package exporter

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"whyport/probe"
	"whyport/report"
	"whyport/report/page"
	"whyport/services/mistake"
)

// probe answers /probe.
func (e *Exporter) probe(w http.ResponseWriter, r *http.Request) {
	run, debug, no := e.run(r)
	if no != nil {
		e.own.refused(no.status)
		no.write(w)
		return
	}
	view := report.NewView(run, e.Names, e.Version)
	e.own.ended(run, view.Targets[0].Requirement.Met)
	if debug {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_ = page.Text(w, view, page.Style{UTF8: true, Verbose: true}) // whoever asked has gone
		return
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(&answer{run: run, view: view})
	promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// turn is the part of a probe's time that may pass before its turn comes.
const turn = 4

// run makes the run that a request asks for, or says why there is none.
func (e *Exporter) run(r *http.Request) (run *probe.Run, debug bool, no *refusal) {
	began := time.Now()
	if no = e.stranger(r); no != nil {
		return nil, false, no
	}
	q, debug, no := queryOf(r.URL.Query())
	if no != nil {
		return nil, false, no
	}
	limit, no := timeLimit(r.Header, e.Longest, e.Offset)
	if no != nil {
		return nil, false, no
	}
	plan, no := e.plan(q)
	if no != nil {
		return nil, false, no
	}
	leave, no := e.gate.enter(r.Context(), plan.Targets[0].Host, limit/turn)
	if no != nil {
		return nil, false, no
	}
	defer leave()
	defer e.own.begun()()
	within(&plan.Options, limit-time.Since(began))
	run = e.Execute(r.Context(), plan, probe.Hooks{})
	if context.Cause(r.Context()) != nil { // the client has gone, or the exporter is being stopped
		return nil, false, &refusal{http.StatusServiceUnavailable, mistake.New("ask again soon", "the exporter is being stopped")}
	}
	return run, debug, nil
}

// within bounds a run's time: a port's verdict takes less, so that one which is silent has one before the end.
func within(o *probe.Options, limit time.Duration) {
	o.MaxTime = limit
	o.Timeout = min(probe.DefaultTimeout, limit*3/4)
}

// plan is the run that a query asks for, where it is allowed.
func (e *Exporter) plan(q Query) (probe.Plan, *refusal) {
	plan, err := e.Plan(q)
	if err != nil {
		if wrong, is := err.(*mistake.Error); is {
			return plan, badRequest(wrong)
		}
		return plan, &refusal{http.StatusInternalServerError, mistake.New("see the exporter's log", "%v", err)}
	}
	t := &plan.Targets[0]
	if no := e.Allow.permits(t); no != nil {
		return plan, no
	}
	if len(t.Candidates) > MaxPorts {
		return plan, badRequest(mistake.New("ask for fewer ports, in several jobs", "%d ports are more than the %d of one probe",
			len(t.Candidates), MaxPorts))
	}
	plan.Options.Addresses = MaxAddresses
	e.Allow.limit(&plan.Options)
	return plan, nil
}
