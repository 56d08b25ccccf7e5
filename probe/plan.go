// Package probe asks the network: it resolves targets, opens connections, and hands each port's
// evidence with its verdict to the caller as soon as it is known.
package probe

import (
	"crypto/x509"
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// Expect is what a candidate port is asked to speak; the zero value means: find out.
type Expect string

// What a profile or flag can ask of a port.
const (
	ExpectAnything Expect = ""
	ExpectTLS      Expect = "tls"
	ExpectStartTLS Expect = "starttls"
	ExpectPlain    Expect = "plain" // a TCP connection is enough; TLS is not tried
	ExpectSSH      Expect = "ssh"
)

// Candidate is one port that an application could use.
type Candidate struct {
	Port     uint16
	Protocol evidence.Protocol
	Expect   Expect
	Host     string // asked instead of the target, where a profile names one; "" otherwise
}

// Target is one host to test, as a person wrote it.
type Target struct {
	Input      string     // as typed
	Host       string     // name in ASCII form, or the address as text
	Addr       netip.Addr // valid if an address was given
	ServerName string     // for TLS; "" for an address
	Candidates []Candidate
	// Requirement's members are indexes into Candidates.
	Requirement verdict.Requirement
	Notes       []string // what a profile's author wants said with the result; nothing here reads them
}

// Plan is everything that is to be tested.
type Plan struct {
	Targets []Target
	Options Options
}

// Options of a run; the zero value of each field means its default.
type Options struct {
	Timeout         time.Duration  // whole verdict for a port; default DefaultTimeout
	Attempts        int            // fresh SYNs before silence is believed; default DefaultAttempts
	Concurrency     int            // connections in flight for all hosts; default DefaultConcurrency
	HostConcurrency int            // and for one host; default DefaultHostConcurrency
	Family          int            // 4, 6 or 0 for both
	FirstAddress    bool           // test only the first address of a name
	Rate            int            // SYNs a second in a large run; default: no limit but the window
	Progress        func(done int) // called with the number of ports that a large run has newly settled
	// Done, if not nil, is called with each target's index in out.Targets when a large run has finished the target, in
	// the plan's order; afterwards its results are given up (Released), so that memory does not grow with the hosts.
	Done       func(out *Run, target int)
	TLS        TLSMode
	ServerName string // overrides the target's
	Trace      TraceMode
	NoNames    bool // no reverse look-ups of routers
	// System and Public are the roots that certificates are held against; nil: the system's and Mozilla's.
	System, Public *x509.CertPool
}

// TraceMode says when the path is walked; the zero value is TraceAuto.
type TraceMode string

// When the path is walked.
const (
	TraceAuto   TraceMode = "auto"   // for ports that are not open
	TraceAlways TraceMode = "always" // for every port that answers or does not
	TraceNever  TraceMode = "never"  // never: the verdict then says less of the place
)

// TLSMode says when TLS is tried; the zero value is TLSAuto.
type TLSMode string

// When TLS is tried.
const (
	TLSAuto   TLSMode = "auto"   // on every open TCP port, unless the server speaks first or plain was asked for
	TLSAlways TLSMode = "always" // on every open TCP port; without it a port is not usable
	TLSNever  TLSMode = "never"
)

// Defaults of Options.
const (
	DefaultTimeout         = 10 * time.Second
	DefaultAttempts        = 6
	DefaultConcurrency     = 512
	DefaultHostConcurrency = 64
)

// Result is one port of one address with its verdict.
type Result struct {
	Target    int // index in the plan
	Candidate int // index in the target's candidates
	Address   int // index among the target's addresses
	Port      evidence.Port
	Verdict   verdict.Verdict
	Host      *evidence.Host // what is known of the address, where the result is handed over alone; nil in a Run
}

// TargetRun is what became of one target.
type TargetRun struct {
	Target     Target
	Resolution evidence.Resolution
	Hosts      map[netip.Addr]*evidence.Host
	Results    []Result // by candidate, then address
	Bulk       []Bulk   // of a large run: ports that share a verdict; All has both
	Met        bool     // the requirement
	Released   bool     // results and hosts were given up after Options.Done
	index      int      // of the target in the plan
}

// AcceptsEveryPort reports whether improbable ports of an address of the target were answered as open.
func (t *TargetRun) AcceptsEveryPort() bool {
	for _, h := range t.Hosts {
		open := 0
		for i := range h.Controls {
			if a := h.Controls[i].Best(); a != nil && a.Outcome == evidence.Connected {
				open++
			}
		}
		if open > 0 && open == len(h.Controls) {
			return true
		}
	}
	return false
}

// Run is a whole run, the report's only source.
type Run struct {
	Started     time.Time
	Elapsed     time.Duration
	Interrupted bool
	Hostname    string
	Addresses   []netip.Addr // this computer's, without loopback
	Requirement verdict.Mode
	Met         bool // every target's requirement
	Targets     []TargetRun
}

// Untested reports whether nothing of a target could be tested: no address, or no port with a verdict.
func (t *TargetRun) Untested() bool {
	tested := func(v verdict.Verdict) bool {
		switch v.Reason {
		case verdict.NotTested, verdict.Interrupted, verdict.NoSockets, "":
			return false
		}
		return true
	}
	return !slices.ContainsFunc(t.Results, func(r Result) bool { return tested(r.Verdict) }) &&
		!slices.ContainsFunc(t.Bulk, func(b Bulk) bool { return tested(b.Verdict) })
}
