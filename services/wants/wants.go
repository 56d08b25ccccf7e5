// Package wants has the words for what an application can want of ports, as profiles, plans and reports spell them. It
// imports nothing of the program, and all rooms may use it.
package wants

// How many ports of a group must be usable.
const (
	Any      = "any"      // one of them is enough; the first is preferred
	All      = "all"      // every one
	Optional = "optional" // reported, never decides
	Groups   = "groups"   // of a whole requirement: every group by its own mode
)

// Modes are those of a group.
func Modes() []string { return []string{Any, All, Optional} }

// What a port can be expected to speak.
const (
	Anything = ""
	TLS      = "tls"
	StartTLS = "starttls"
	Plain    = "plain" // a TCP connection is enough
	SSH      = "ssh"
	HTTP     = "http" // without TLS, as a link with http:// does
)

// Expectations are what can be expected of a port, without Anything.
func Expectations() []string { return []string{TLS, StartTLS, Plain, SSH, HTTP} }
