package speak

import (
	"net/http"
	"strings"
)

// mark is what a product writes into its block page or captive portal.
type mark struct {
	product string
	// Where it stands: one of these is set. All are compared in lower case, as parts.
	location, server, via, body string
}

// portal is what a network's own sign-in page is called, whoever made it.
const portal = "captive portal"

// marks of the products whose pages are known.
func marks() []mark {
	return []mark{
		{product: "FortiGuard", body: "powered by fortiguard"},
		{product: "FortiGuard", body: "fortiguard web filtering"},
		{product: "FortiGuard", body: "webfilter violation"},
		{product: "Palo Alto Networks", body: "/php/urlblock.php?args="},
		{product: "Palo Alto Networks", location: "/php/urlblock.php?args="},
		{product: "Zscaler", body: "internet security by zscaler"},
		{product: "Zscaler", location: "gateway.zscaler"},
		{product: "Check Point", location: "/usercheck/portalmain?iid="},
		{product: "Check Point", body: "/usercheck/portalmain?iid="},
		{product: "Forcepoint", location: ":15871/cgi-bin/blockpage.cgi"},
		{product: "Forcepoint", body: ":15871/cgi-bin/blockpage.cgi"},
		{product: "Blue Coat (Symantec ProxySG)", location: "notify.bluecoat.com"},
		{product: "Blue Coat (Symantec ProxySG)", body: "notify.bluecoat.com"},
		{product: "Cisco Umbrella", location: "block.opendns.com"},
		{product: "Cisco Umbrella", body: "block.opendns.com"},
		{product: "Cisco Meraki", location: "wired.meraki.com:8090/blocked.cgi"},
		{product: "Cisco Meraki", body: "wired.meraki.com:8090/blocked.cgi"},
		{product: "Barracuda", server: "barracudahttp 4.0"},
		{product: "Cisco Secure Web Appliance", via: "(cisco-wsa/"},
		{product: "SonicWall", body: "cfssupport.sonicwall.com"},
		{product: "WatchGuard", body: "denied by watchguard http proxy"},
		// Sign-in pages of networks: the parameters that access controllers add so that their portal knows the caller.
		{product: portal, location: "/fgtauth?"},                 // Fortinet
		{product: portal, location: "switch_url="},               // Cisco wireless controllers
		{product: portal, location: "network-auth.com/splash"},   // Cisco Meraki
		{product: portal, location: "securelogin.arubanetworks"}, // Aruba
		{product: portal, location: "/guest/s/"},                 // UniFi
		{product: portal, location: "uamip="},                    // CoovaChilli, WISPr gateways
		{product: portal, location: "/index.php?zone="},          // pfSense, OPNsense
		{product: "Squid", body: "stylesheet for squid error pages"},
	}
}

// blockPage names the product that an answer is from, "" where none is known; body may be nil. A device
// that merely passes answers on leaves Server and Via on good ones, too: those count with an error only.
func blockPage(h http.Header, status int, body []byte) string {
	location, server := strings.ToLower(h.Get("Location")), strings.ToLower(h.Get("Server"))
	via, text := strings.ToLower(strings.Join(h.Values("Via"), ",")), strings.ToLower(string(body))
	has := func(where, what string) bool { return what != "" && strings.Contains(where, what) }
	for _, m := range marks() {
		if has(location, m.location) || has(text, m.body) ||
			status >= 400 && (has(server, m.server) || has(via, m.via)) {
			return m.product
		}
	}
	if status == http.StatusNetworkAuthenticationRequired { // RFC 6585: only captive portals send it
		return portal
	}
	return ""
}
