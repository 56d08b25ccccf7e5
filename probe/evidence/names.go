package evidence

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Problems of a look-up, in the words of the system's resolver. It has one for a name that does not exist and for one
// without an address; what name servers said themselves stands in Resolution.Asked.
const (
	LookupNotFound    = "not-found"
	LookupFailed      = "server-failure"
	LookupTimeout     = "timeout"
	LookupNoAddress   = "no-address" // none of the wanted kind
	LookupInterrupted = "interrupted"
)

// Resolution is what became of a name.
type Resolution struct {
	Name      string        `json:"name,omitempty"`      // as it was asked for; "" for an address
	Addresses []netip.Addr  `json:"addresses,omitempty"` // that can be tested
	Problem   string        `json:"problem,omitempty"`   // of the system's resolver; "": none
	Server    string        `json:"server,omitempty"`    // the name server that the system's resolver blames, where it says so
	Elapsed   time.Duration `json:"elapsed_ns,omitempty"`
	LeftOut   int           `json:"left_out,omitempty"` // further addresses, which nothing was asked of
	Literal   bool          `json:"literal,omitempty"`  // an address was given; nothing was looked up
	ByProxy   bool          `json:"by_proxy,omitempty"` // the name was left to a proxy; nothing was looked up here
	// Withheld are addresses of the answer to which nothing is sent, as they are no server's.
	Withheld []netip.Addr `json:"withheld,omitempty"`
	// Silent is the family that the system's resolver had no answer for when the other one's was used; "": none.
	Silent Family `json:"silent,omitempty"`
	// HostsFile is set where this computer's hosts file has the name, OwnName where it is this computer's own.
	HostsFile bool `json:"hosts_file,omitempty"`
	OwnName   bool `json:"own_name,omitempty"`
	// Asked is what name servers of this computer said when they were asked directly, the first one first.
	Asked []NameAnswer `json:"asked,omitempty"`
	// Invented is what they said of names that nobody has.
	Invented []NameAnswer `json:"invented,omitempty"`
	// Compared is what other name servers said, that the person named.
	Compared []NameAnswer `json:"compared,omitempty"`
}

// Family is an address family; the zero value is "none".
type Family string

// The families.
const (
	IPv4 Family = "ipv4"
	IPv6 Family = "ipv6"
)

// FamilyOf is the family of an address.
func FamilyOf(a netip.Addr) Family {
	if a.Unmap().Is4() {
		return IPv4
	}
	return IPv6
}

// Dialogue is how an exchange with a name server ended; the zero value is "did not take place".
type Dialogue string

// The ends of an exchange.
const (
	NotAsked   Dialogue = ""
	Answered   Dialogue = "answered"
	Unanswered Dialogue = "timeout"
	NotReached Dialogue = "unreachable" // refused, no route: an error came at once
	Garbled    Dialogue = "malformed"   // what came is no DNS message, or ended within it
)

// How a name server is asked beside the usual way.
const (
	OverTLS   = "tls"   // RFC 7858
	OverHTTPS = "https" // RFC 8484
)

// NameAnswer is what one name server said of one name and family.
type NameAnswer struct {
	Server    netip.AddrPort  `json:"server"`
	Over      string          `json:"over,omitempty"`      // OverTLS, OverHTTPS; "": datagrams, and TCP where they are too small
	Untrusted bool            `json:"untrusted,omitempty"` // over TLS: its certificate is not trusted here for its address
	Name      string          `json:"name"`
	Family    Family          `json:"family"`
	End       Dialogue        `json:"end"`
	RCode     string          `json:"rcode,omitempty"` // IANA's name: NOERROR, NXDOMAIN, SERVFAIL, REFUSED ...
	Addresses []netip.Addr    `json:"addresses,omitempty"`
	Extended  []ExtendedError `json:"extended,omitempty"`
	// Truncated is set where the answer did not fit a datagram; TCP is then how asking again over TCP ended.
	Truncated bool          `json:"truncated,omitempty"`
	TCP       Dialogue      `json:"tcp,omitempty"`
	Elapsed   time.Duration `json:"elapsed_ns,omitempty"`
}

// ExtendedError is an extended DNS error (RFC 8914): why a name server answers as it does.
type ExtendedError struct {
	Code uint16 `json:"code"`
	Text string `json:"text,omitempty"` // the server's own words
}

// Complete reports whether the server said all of what it knows.
func (a *NameAnswer) Complete() bool {
	return a.End == Answered && (!a.Truncated || a.TCP == Answered)
}

// Says reports whether a complete answer has this code; for NOERROR that it has no addresses either (NODATA, RFC 2308 2.2).
func (a *NameAnswer) Says(rcode string) bool {
	return a.Complete() && a.RCode == rcode && (rcode != "NOERROR" || len(a.Addresses) == 0)
}

// Has reports whether the answer carries one of these extended errors.
func (a *NameAnswer) Has(codes ...uint16) bool {
	return slices.ContainsFunc(a.Extended, func(e ExtendedError) bool { return slices.Contains(codes, e.Code) })
}

// Shares reports whether the answer has one of these addresses.
func (a *NameAnswer) Shares(addresses []netip.Addr) bool {
	return slices.ContainsFunc(a.Addresses, func(x netip.Addr) bool { return slices.Contains(addresses, x) })
}

// Of are the answers about the name as it was typed, not with a search domain appended.
func (r *Resolution) Of(name string) (out []*NameAnswer) {
	for i := range r.Asked {
		if a := &r.Asked[i]; strings.EqualFold(a.Name, strings.TrimSuffix(name, ".")) {
			out = append(out, a)
		}
	}
	return out
}

// FoundAs is the name with a search domain under which a name server has the addresses that were found, where it has none
// for the name itself; "" otherwise.
func (r *Resolution) FoundAs() string {
	for _, a := range r.Of(r.Name) {
		if len(a.Addresses) > 0 {
			return ""
		}
	}
	for i := range r.Asked {
		a := &r.Asked[i]
		if !strings.EqualFold(a.Name, strings.TrimSuffix(r.Name, ".")) && (a.Shares(r.Addresses) || a.Shares(r.Withheld)) {
			return a.Name
		}
	}
	return ""
}

// privateDomains are kept from the world's name servers: RFC 6761 and 6762 (appendix G, too), RFC 8375, ICANN's .internal.
var privateDomains = []string{
	"localhost", "local", "internal", "test", "home.arpa", "intranet", "private", "corp", "home", "lan", "localdomain",
}

// PublicName reports whether a name is one of the public tree, which has the same meaning everywhere.
func PublicName(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if !strings.Contains(name, ".") {
		return false
	}
	return !slices.ContainsFunc(privateDomains, func(d string) bool { return strings.HasSuffix(name, "."+d) })
}

// shared is RFC 6598's, between a provider and its customers.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// Confined reports whether an address means a server only within one network, or one computer.
func Confined(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsUnspecified() || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || shared.Contains(a)
}
