// Package exporter answers a Prometheus server: whoever asks for /probe?target=NAME&profile=NAME gets the metrics of a run that
// was made for that question, as blackbox_exporter does it. What may be asked for is bounded: by targets and ports (Allow), by
// time, by the number of probes at once, and so is the number of series that an answer has.
package exporter

import (
	"context"
	"log/slog"
	"time"

	"whyport/probe"
	"whyport/report/words"
)

// MaxPorts bounds the ports of a probe, and MaxAddresses the addresses of its target: what they allow together is no large run,
// and each port has at most a dozen series, however many addresses there are.
const (
	MaxPorts     = 64
	MaxAddresses = 16
)

// Defaults of Config.
const (
	DefaultListen      = "127.0.0.1:9916"
	DefaultConcurrency = 64
	DefaultLongest     = 30 * time.Second
	DefaultOffset      = 500 * time.Millisecond // as blackbox_exporter's --timeout-offset
)

// Query is what a request asks for, as it was written.
type Query struct {
	Target   string
	Profiles []string
	Ports    string // "": those of the profiles or of the target
	Require  string // how many ports must be usable; "": one, or as the profiles say
}

// Config is what an exporter is made of.
type Config struct {
	// Plan makes a run of a query: one target, its ports, the options that are the same for all. Its errors are for people.
	Plan func(Query) (probe.Plan, error)
	// Execute makes the run.
	Execute func(context.Context, probe.Plan, probe.Hooks) *probe.Run
	Allow   Allow
	Names   words.Names
	Version string

	Concurrency int           // probes at once
	Longest     time.Duration // of a probe, whatever the scrape's time-out
	Offset      time.Duration // of the scrape's time-out that is left for the answer's way
	WebConfig   string        // file with TLS and users, as exporter-toolkit has it; "": none
	Log         *slog.Logger
}

// Exporter answers requests.
type Exporter struct {
	Config
	gate *gate
	own  *own
}

// New makes an exporter.
func New(c Config) *Exporter {
	return &Exporter{Config: c, gate: newGate(c.Concurrency), own: newOwn(c.Version)}
}
