package exporter

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"whyport/probe"
	"whyport/report"
	"whyport/report/metric"
)

// answer has the metrics of one run of one target. Its labels are from closed lists: nothing that a server said is one.
type answer struct {
	run  *probe.Run
	view *report.View
}

// Describe says nothing, since which metrics there are depends on what became of the ports.
func (a *answer) Describe(chan<- *prometheus.Desc) {}

// Collect gives all metrics.
func (a *answer) Collect(ch chan<- prometheus.Metric) {
	t := a.view.Targets[0]
	out := samples{ch}
	a.target(out, t)
	earliest := time.Time{}
	for _, p := range portsOf(t.Entries) {
		p.write(out)
		earliest = sooner(earliest, p.expires)
	}
	if !earliest.IsZero() {
		out.add(metric.EarliestExpiry, float64(earliest.Unix()), nil)
	}
}

// target writes what is known of the target as a whole.
func (a *answer) target(out samples, t *report.TargetView) {
	met := t.Requirement.Met
	out.add(metric.RequirementMet, truth(met), nil)
	out.add(metric.Success, one(report.IsTrue(met)), nil)
	out.add(metric.Duration, a.run.Elapsed.Seconds(), nil)
	out.add(metric.RunTimestamp, float64(a.run.Started.UnixMilli())/1000, nil)
	out.add(metric.RunInterrupted, one(a.run.Interrupted), nil)
	out.add(metric.LookupTime, a.run.Targets[0].Resolution.Elapsed.Seconds(), nil)
	var v4, v6 bool
	for _, addr := range a.run.Targets[0].Resolution.Addresses {
		v4, v6 = v4 || addr.Unmap().Is4(), v6 || !addr.Unmap().Is4()
	}
	switch {
	case v4 && !v6:
		out.add(metric.IPProtocol, 4, nil)
	case v6 && !v4:
		out.add(metric.IPProtocol, 6, nil)
	default:
		out.add(metric.IPProtocol, 0, nil)
	}
}

// samples is where metrics go.
type samples struct{ ch chan<- prometheus.Metric }

// add writes a gauge with labels.
func (s samples) add(name string, value float64, labels prometheus.Labels) {
	s.ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, metric.Help(name), nil, labels), prometheus.GaugeValue, value)
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func truth(b *bool) float64 {
	if b == nil {
		return math.NaN()
	}
	return one(*b)
}

// sooner is the earlier of two times, of which one may not be known.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
