package evidence

import (
	"net/netip"
	"time"
)

// ProxyOutcome is how a request for a connection ended; the zero value is "not asked".
type ProxyOutcome string

// The ways it ends. What the proxy says of the server is its own word.
const (
	ProxyNotAsked    ProxyOutcome = ""
	ProxyConnected   ProxyOutcome = "connected"   // it says that the connection stands
	ProxyRefused     ProxyOutcome = "refused"     // it answered with an error: Status, Code or Auth say which
	ProxySilent      ProxyOutcome = "silent"      // nothing came back in time
	ProxyClosed      ProxyOutcome = "closed"      // it ended the connection without an answer, in order or with a reset
	ProxyGarbled     ProxyOutcome = "garbled"     // what came back is not this proxy protocol
	ProxyUnsafe      ProxyOutcome = "unsafe"      // TLS to the proxy failed, or its certificate is not trusted: it was asked nothing
	ProxyUnreached   ProxyOutcome = "unreached"   // no connection to the proxy could be made; Reach says why
	ProxyUnresolved  ProxyOutcome = "unresolved"  // the proxy's name has no address
	ProxyUnfit       ProxyOutcome = "unfit"       // its protocol can't carry this: IPv6 by SOCKS4, a name that is too long
	ProxyUndecided   ProxyOutcome = "undecided"   // which proxy leads there could not be found out: Problem says why
	ProxyInterrupted ProxyOutcome = "interrupted" // given up before its time
)

// Proxied is one connection that was asked of a proxy. Where it stands, Port.Attempts has a connected attempt with Through set.
type Proxied struct {
	Proxy string         `json:"proxy"`                   // "http://proxy.example:3128", never with a user's name or password
	Addr  netip.AddrPort `json:"addr,omitzero"`           // of the proxy that was asked
	From  string         `json:"from,omitempty"`          // what names the proxy: "GNOME's settings"; "" where the person did
	Asked string         `json:"asked,omitempty"`         // what it was asked for: "server.example:443"
	Named bool           `json:"named,omitempty"`         // the name was left to the proxy to resolve
	Sent  string         `json:"login_scheme,omitempty"`  // of the credentials that were sent: "Basic", "username-password"; "" none
	Auth  []string       `json:"auth_schemes,omitempty"`  // that the proxy wants: "Basic", "NTLM", "username-password", "GSSAPI"
	HTTP  *HTTP          `json:"http,omitempty"`          // its answer to CONNECT
	Line  string         `json:"status_line,omitempty"`   // words of that answer's first line
	Error string         `json:"error_header,omitempty"`  // the proxy's own code for its error: "ERR_DNS_FAIL 0" (X-Squid-Error)
	Title string         `json:"page_title,omitempty"`    // of the page that came with a refusal
	Cause string         `json:"page_cause,omitempty"`    // an errno that a proxy's own page names: "ECONNREFUSED"
	SOCKS int            `json:"socks_version,omitempty"` // 4 or 5; 0: HTTP
	Code  *uint8         `json:"socks_code,omitempty"`    // of the SOCKS reply: RFC 1928, 6: 1-8; SOCKS4: 91-93; nil: none came

	Outcome ProxyOutcome  `json:"outcome"`
	Problem string        `json:"problem,omitempty"` // short technical note on a failure
	Elapsed time.Duration `json:"elapsed_ns,omitempty"`

	// Forward is the answer to an ordinary request through an HTTP proxy that makes no tunnel to a port where HTTP is usual.
	Forward      *HTTP  `json:"forward,omitempty"`
	ForwardError string `json:"forward_error,omitempty"` // as Error
	// Reach is the proxy's own port, where something is wrong there, and ReachHost its address: judged like any other.
	Reach     *Port `json:"reach,omitempty"`
	ReachHost *Host `json:"reach_host,omitempty"`
}
