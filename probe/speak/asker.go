package speak

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

// The waits: floors, which patience makes longer on slow paths. A server that has not answered a ClientHello of its own
// within a second or two will not, but slow devices need more than one for a large key: so the first handshake goes on
// while the trials run, and is only given up with them.
const (
	helloWait    = 600 * time.Millisecond  // before the trials begin
	askedWait    = time.Second             // the same where TLS was promised
	httpWait     = 400 * time.Millisecond  // the same where HTTP is usual: small servers wait for the end of a line
	trialWait    = 1200 * time.Millisecond // of a trial
	askedTrial   = 1500 * time.Millisecond // the same where TLS was promised
	greetingWait = 1500 * time.Millisecond // for a greeting; a later one answers the ClientHello that follows
	promisedWait = 3 * time.Second         // for the answer to a question whose protocol was promised
	requestWait  = 4 * time.Second         // the same for a request of HTTP: HAProxy tries a dead server for 3 s
	hangUpWait   = 200 * time.Millisecond  // beside the time it took before: for one who hangs up whatever is said
	pageWait     = 500 * time.Millisecond  // for a page in an inspected session: devices answer at once, servers may be no web servers
	quietWait    = time.Second             // where nothing may be sent
	leastWait    = 50 * time.Millisecond   // of a handshake whose silence says something
	aloneWait    = 2 * time.Second         // before one who may take a caller at a time is called again
	busyWait     = 1200 * time.Millisecond // before a server that is too busy is asked again
	farewellWait = 100 * time.Millisecond  // beside two round trips: for the other side's end of a conversation
)

// MaxConnections is the most that one Ask opens beside the first.
const MaxConnections = 5

// mostUnknown is the same on a port that promises nothing: with the first, and what shows who answers there, its service sees six.
const mostUnknown = 4

// DefaultTimeout is Request.Timeout where that is 0.
const DefaultTimeout = 15 * time.Second // protocol.Late, and a handshake after it

// Request says which port to ask and how.
type Request struct {
	To netip.AddrPort
	// ServerName is sent and verified; "" when the target is an address: none is sent, and the
	// certificate's name is judged only if it has that IP address.
	ServerName string
	Expect     string    // "", "tls", "starttls", "plain", "ssh"
	Mode       string    // "auto", "always", "never"
	Careful    bool      // nothing is sent to the port: it is only listened to
	First      net.Conn  // that proved the port open; Ask closes it. nil: Ask dials
	Connected  time.Time // when First was established; zero: now
	// RTT of the TCP handshake, 0 unknown. It lengthens waits, never below a safe floor.
	RTT time.Duration
	// Dial opens another connection to the same port: ErrRefused where that is refused, ErrCut where it is accepted and reset.
	// nil: only First is used.
	Dial func(context.Context) (net.Conn, error)
	// DialSmall opens one on which no packet of either side is large. nil: there is none to be had.
	DialSmall func(context.Context) (net.Conn, error)
	// DialData connects to another port of the same address until ctx ends, and hangs up; NotRun: that port is excluded. nil: data
	// connections are not tested.
	DialData func(ctx context.Context, port uint16) evidence.Outcome
	Timeout  time.Duration // for everything; 0: DefaultTimeout
	// System and Public are the trusted roots; where nil, those of Roots are used, which are this computer's and Mozilla's.
	System, Public *x509.CertPool
	Roots          *Roots // nil: trust is not judged against a pool that is nil, too
}

// ErrCut is a connection that was accepted and reset so closely that nothing could be said on it.
var ErrCut = errors.New("accepted and reset")

// asker is one Ask under way.
type asker struct {
	Request
	ctx     context.Context
	start   time.Time // of the waits: when First was connected
	end     time.Time // nothing waits longer
	usual   protocol.Habit
	s       *evidence.Speech
	hung    bool          // the other side ended the conversation at its own protocol's question
	asked   bool          // whether a HTTP request was made
	budget  chan struct{} // one token for each connection that may still be opened
	quick   quickest
	refused atomic.Bool // a further connection was
}

// ErrRefused is a further connection's end where the port refuses it.
var ErrRefused = errors.New("the port refuses further connections")

// errBudget is returned by open once MaxConnections were made.
var errBudget = errors.New("no more connections to this port")

// open makes another connection to the port and counts it; it lives no longer than ctx.
func (a *asker) open(ctx context.Context) (*recorder, error) {
	return a.openBy(ctx, a.Dial)
}

func (a *asker) openBy(ctx context.Context, dial func(context.Context) (net.Conn, error)) (*recorder, error) {
	if dial == nil {
		return nil, errBudget
	}
	select {
	case <-a.budget:
	default:
		return nil, errBudget
	}
	c, err := dial(ctx)
	if err != nil {
		if errors.Is(err, ErrRefused) {
			a.refused.Store(true)
		}
		return nil, err
	}
	return a.record(ctx, c), nil
}

// tlsWanted reports whether a ClientHello may be sent at all.
func (a *asker) tlsWanted() bool { return a.s.Asked != askedPlain && a.Mode != modeNever }

// patience is how long silence is waited for: floor, or more on a slow path, but never more than
// part (0-1) of the time that is left.
func (a *asker) patience(floor time.Duration, part float64) time.Duration {
	d := max(floor, 10*a.RTT)
	return min(d, time.Duration(float64(time.Until(a.end))*part))
}

// interrupted reports whether the caller gave up before the time was over.
func (a *asker) interrupted() bool {
	return errors.Is(a.ctx.Err(), context.Canceled)
}

// again closes a connection that is used up and opens another; nil where there is none to be had.
func (a *asker) again(old *recorder) *recorder {
	_ = old.Close()
	if a.interrupted() {
		return nil
	}
	c, err := a.open(a.ctx)
	if err != nil {
		a.cutOff(old, nil, err)
		return nil
	}
	return c
}
