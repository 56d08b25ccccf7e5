package evidence

import "net/netip"

// Referral is an address that a server sends its clients to, and what became of it from here.
type Referral struct {
	To   string `json:"to"`   // as the server wrote it, host:port
	Host string `json:"host"` // "": the server's own address
	Port uint16 `json:"port"`
	// Skipped says why nothing was sent there: one of the Skipped codes; "" where it was tested, or its name has no address.
	Skipped    string     `json:"skipped,omitempty"`
	Resolution Resolution `json:"resolution"`
	Reached    []Port     `json:"reached,omitempty"` // for each address that was tested: a TCP connection, nothing said on it
}

// Why a referral was not tested.
const (
	SkippedSelf     = "self"     // it leads to this computer itself, which the server is not
	SkippedNowhere  = "nowhere"  // no address of a host: 0.0.0.0, a multicast group
	SkippedExcluded = "excluded" // nothing is to be sent there
	SkippedTooMany  = "too-many" // enough others were tested
)

// Skips lists them.
func Skips() []string { return []string{SkippedSelf, SkippedNowhere, SkippedExcluded, SkippedTooMany} }

// Leads reports whether an address is one that a server elsewhere can send its clients to; why not, where it is none.
func Leads(to, server netip.Addr, own []netip.Addr) (skipped string) {
	to, server = to.Unmap().WithZone(""), server.Unmap().WithZone("")
	isOwn := func(a netip.Addr) bool {
		for _, o := range own {
			if o.Unmap().WithZone("") == a {
				return true
			}
		}
		return a.IsLoopback()
	}
	switch {
	case to.IsUnspecified(), to.IsMulticast(), to == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return SkippedNowhere
	case isOwn(to) && !isOwn(server):
		return SkippedSelf
	}
	return ""
}
