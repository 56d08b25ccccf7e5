package probe

import (
	"crypto/x509"
	"net/netip"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/lookup"
	"whyport/probe/proxy"
	"whyport/probe/socket"
	"whyport/probe/verdict"
	"whyport/services/wants"
)

// Expect is what a candidate port is asked to speak; the zero value means: find out.
type Expect string

// What a profile or flag can ask of a port.
const (
	ExpectAnything Expect = wants.Anything
	ExpectTLS      Expect = wants.TLS
	ExpectStartTLS Expect = wants.StartTLS
	ExpectPlain    Expect = wants.Plain // a TCP connection is enough; TLS is not tried
	ExpectSSH      Expect = wants.SSH
	ExpectHTTP     Expect = wants.HTTP
)

// Candidate is one port that an application could use.
type Candidate struct {
	Port     uint16
	Protocol evidence.Protocol
	Expect   Expect
	Browser  bool   // it is a page's address: what browsers refuse is of no use
	Host     string // asked instead of the target, where a profile names one; "" otherwise
}

// Target is one host to test, as a person wrote it.
type Target struct {
	Input       string     // as typed
	Host        string     // name in ASCII form, or the address as text
	Addr        netip.Addr // valid if an address was given
	ServerName  string     // for TLS; "" for an address
	Application string     // what its ports are for, in people's words; "" where nobody said
	Candidates  []Candidate
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
	Timeout         time.Duration // whole verdict for a port; default DefaultTimeout
	Attempts        int           // fresh SYNs before silence is believed; default DefaultAttempts
	Concurrency     int           // connections in flight for all hosts; default DefaultConcurrency
	HostConcurrency int           // and for one host; default DefaultHostConcurrency
	Family          int           // 4, 6 or 0 for both
	MaxTime         time.Duration // of the whole run; what has no verdict then is unknown, as after Ctrl-C; default: none
	Addresses       int           // of a name that are tested, at most; default DefaultAddresses
	FirstAddress    bool          // test only the first address of a name
	Rate            int           // SYNs a second in a large run; default: no limit but the window
	TLS             TLSMode
	ServerName      string // overrides the target's
	Trace           TraceMode
	Community       string // of SNMP, "": version 3's discovery, then "public"
	Careful         bool   // nothing is sent to ports that accept a connection: they are only listened to; UDP ports are left alone
	// Exclude are addresses that nothing is sent to, whatever name they stand behind.
	Exclude []netip.Prefix
	// ExcludePort reports ports that nothing is sent to, be they control ports or named by a server; nil: none. Candidates have
	// none of them.
	ExcludePort func(port uint16, p evidence.Protocol) bool
	// Follow reports whether what a server sends its clients to may be looked up and tested; host "" is the server itself. nil: all.
	Follow func(host string, port uint16) bool

	Samples  int            // connections from different source ports to a port that answers; default: none
	Extras   bool           // connect to open ports with TCP options and marks that devices may take offence at, where the system can
	MTU      bool           // measure how large packets may be, where the system can
	NoNames  bool           // no reverse look-ups of routers
	Network  socket.Network // default: this computer's
	Resolver lookup.Config  // default: as this computer is set
	// Proxy says which proxy leads to a port; nil: none does. The ports are asked through it where the direct way fails or,
	// with ProxyOnly, never direct.
	Proxy     proxy.Choice
	ProxyOnly bool
	// ProxyLater is set where the choice costs something: then it is made only where the direct way fails.
	ProxyLater bool
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

// MaxPorts bounds the ports of a run: each candidate for each address.
const MaxPorts = 1 << 20

// Defaults of Options.
const (
	DefaultTimeout         = 10 * time.Second
	DefaultAttempts        = 6
	DefaultAddresses       = 64
	DefaultConcurrency     = 512
	DefaultHostConcurrency = 64
)

// excludes reports a TCP port that nothing is sent to.
func (o *Options) excludes(port uint16) bool {
	return o.ExcludePort != nil && o.ExcludePort(port, evidence.TCP)
}
