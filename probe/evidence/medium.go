package evidence

import "strings"

// Medium is what an interface is made of; the zero value: the system does not tell.
type Medium string

// The kinds of interfaces that a person tells apart.
const (
	Cable     Medium = "cable"
	WiFi      Medium = "wifi"
	Mobile    Medium = "mobile"
	Tunnel    Medium = "vpn"       // a tunnel that a program on this computer or its kernel makes: tun, WireGuard, PPP, IPsec, GRE
	Container Medium = "container" // one end of a pair inside a computer (veth, macvlan), as containers have it
	Bridge    Medium = "bridge"    // a switch inside this computer
	Guest     Medium = "virtual"   // a virtual machine's card, or an interface without any
	Loopback  Medium = "loopback"
)

// MediumByName guesses by the names that systems and programs give their interfaces (systemd.net-naming-scheme(7), macOS's
// utun); "" where a name tells nothing.
func MediumByName(name string) Medium {
	name = strings.ToLower(name)
	if (&Link{Interface: name}).Virtual() {
		return Bridge
	}
	for _, of := range []struct {
		medium Medium
		begin  []string
	}{
		{Loopback, []string{"loopback"}},
		{Tunnel, []string{"tun", "utun", "tap", "wg", "ppp", "ipsec", "gpd", "tailscale", "zt", "vpn", "nordlynx", "gif", "gre"}},
		{WiFi, []string{"wlan", "wlp", "wlx", "wlo", "wi-fi", "wifi"}},
		{Mobile, []string{"wwan", "wwp", "rmnet", "pdp_ip"}},
		{Container, []string{"veth"}},
		{Bridge, []string{"bridge"}},
	} {
		for _, b := range of.begin {
			if strings.HasPrefix(name, b) {
				return of.medium
			}
		}
	}
	return ""
}
