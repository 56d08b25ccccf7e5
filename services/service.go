// Package services knows ports by number and by name: IANA's whole registry, everyday names that
// the registry spells otherwise, and the services files of the system and of the user.
//
// A registered port says what usually runs there and proves nothing about what does.
package services

// Class is a port's range, as RFC 6335, section 6, divides them.
type Class string

// The classes by number.
const (
	WellKnown  Class = "well-known" // 0-1023
	Registered Class = "registered" // 1024-49151
	Dynamic    Class = "dynamic"    // 49152-65535
)

const firstDynamic = 49152

// ClassOf returns the port's class.
func ClassOf(port uint16) Class {
	switch {
	case port < 1024:
		return WellKnown
	case port < firstDynamic:
		return Registered
	}
	return Dynamic
}

// Status is what IANA's registry says of a port with a protocol.
type Status string

// The states of a port in the registry.
const (
	Assigned   Status = "assigned"
	Unassigned Status = "unassigned"
	Reserved   Status = "reserved"   // kept by IANA, de-registered numbers among them
	NotListed  Status = "not-listed" // no row at all, as for every dynamic port
)

// Where a service's name comes from.
const (
	SourceIANA     = "iana"
	SourceSystem   = "system"   // the operating system's services file
	SourceUser     = "user"     // the user's own file
	SourceEveryday = "everyday" // our own table: usual there, but not registered
)

// AnyProtocol is the protocol of a row that the registry lists without one.
const AnyProtocol = "any"

// Service is what usually runs on a port.
type Service struct {
	Name        string // "" where nobody names the port
	Port, Last  uint16 // Last > Port for a range
	Protocol    string // "tcp", "udp", "sctp", "dccp"; from a look-up by text also AnyProtocol
	Description string // the source's own words; may be ""
	Everyday    string // what people call it, in our words ("Remote Desktop (RDP)"); often ""
	Status      Status
	Source      string // one of the Source constants; "" where nothing is listed
}
