// Package profile knows sets of ports that applications need: the built-in ones and the user's own,
// each a YAML file.
package profile

// Default is the profile that is tested where nobody asks for one.
const Default = "common"

// OriginBuiltIn is the Origin of a profile that comes with the program.
const OriginBuiltIn = "built-in"

// Profile is what an application needs: every group that is not optional.
type Profile struct {
	Name   string // the file's name without its ending
	Title  string
	Source string // who says so
	Notes  []string
	Groups []Group
	Origin string // OriginBuiltIn or the file's path
}

// Group is ports that are needed together or instead of each other, the preferred first.
type Group struct {
	Name  string // may be ""
	Mode  string // one of wants.Modes
	Ports []Port
}

// Port is one port of a group.
type Port struct {
	Port     uint16
	Protocol string // "tcp" or "udp"
	Expect   string // one of wants.Expectations, or ""; "" for UDP
	Host     string // asked instead of the target; "" for the target itself
}
