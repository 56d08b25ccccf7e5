package exporter

import (
	"runtime"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"whyport/probe"
	"whyport/report/metric"
)

// The outcomes of a probe.
const (
	outcomeMet            = "met"
	outcomeNotMet         = "not-met"
	outcomeNotEstablished = "not-established"
)

// own are the metrics of the exporter itself. They name no target: these are for the probes' own series.
type own struct {
	registry *prometheus.Registry
	running  prometheus.Gauge
	probes   *prometheus.CounterVec
	seconds  prometheus.Histogram
	refusals *prometheus.CounterVec
}

func newOwn(version string) *own {
	o := &own{
		registry: prometheus.NewRegistry(),
		running:  prometheus.NewGauge(prometheus.GaugeOpts{Name: metric.ProbesRunning, Help: metric.Help(metric.ProbesRunning)}),
		probes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: metric.Probes, Help: metric.Help(metric.Probes)},
			[]string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: metric.ProbeSeconds, Help: metric.Help(metric.ProbeSeconds),
			Buckets: []float64{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30}}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: metric.RequestsRefused, Help: metric.Help(metric.RequestsRefused)},
			[]string{"code"}),
	}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: metric.BuildInfo, Help: metric.Help(metric.BuildInfo),
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()}}, func() float64 { return 1 })
	o.registry.MustRegister(build, o.running, o.probes, o.seconds, o.refusals,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, outcome := range []string{outcomeMet, outcomeNotMet, outcomeNotEstablished} {
		o.probes.WithLabelValues(outcome)
	}
	return o
}

// begun counts a probe that runs, until the function that it returns is called.
func (o *own) begun() func() {
	o.running.Inc()
	return o.running.Dec
}

// ended counts a probe by its outcome.
func (o *own) ended(run *probe.Run, met *bool) {
	outcome := outcomeNotEstablished
	if met != nil && *met {
		outcome = outcomeMet
	} else if met != nil {
		outcome = outcomeNotMet
	}
	o.probes.WithLabelValues(outcome).Inc()
	o.seconds.Observe(run.Elapsed.Seconds())
}

func (o *own) refused(status int) { o.refusals.WithLabelValues(strconv.Itoa(status)).Inc() }
