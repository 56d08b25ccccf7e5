package speak

// vendor is a product that opens TLS and signs it again, by the issuer that it writes.
type vendor struct {
	issuer       string // in lower case
	product      string
	prefix       bool // issuer is how the name begins
	within       bool // issuer is somewhere in the name
	organisation bool // compared with O and OU; otherwise with CN
	local        bool // runs on the computer itself
}

// vendors whose issuer names are known, as makers' documents and certificates in field reports have them. Those of the Avast
// engine (Avast, AVG, Norton) stand in several public reports of certificates each, looked up in 2026-11: "Root", "Untrusted
// Root" (for what the program itself does not trust) and "Self-signed Root". Of Avira's no certificate with such a name is
// published, so it is left to the comparison of roots. A name is compared whole, unless its row says otherwise, since
// lookalikes prove nothing. Palo Alto, Check Point, Barracuda and Squid sign with CAs that
// the customer names: only the comparison of roots finds those.
var vendors = []vendor{
	{issuer: "avast web/mail shield root", product: "Avast Web/Mail Shield", local: true},
	{issuer: "avast web/mail shield untrusted root", product: "Avast Web/Mail Shield", local: true},
	{issuer: "avast web/mail shield self-signed root", product: "Avast Web/Mail Shield", local: true},
	{issuer: "avg web/mail shield untrusted root", product: "AVG Web/Mail Shield", local: true},
	{issuer: "avg web/mail shield self-signed root", product: "AVG Web/Mail Shield", local: true},
	{issuer: "norton web/mail shield root", product: "Norton Web/Mail Shield", local: true},
	{issuer: "norton web/mail shield untrusted root", product: "Norton Web/Mail Shield", local: true},
	{issuer: "norton web/mail shield self-signed root", product: "Norton Web/Mail Shield", local: true},
	{issuer: "avast! web/mail shield root", product: "Avast Web/Mail Shield", local: true},
	{issuer: "avg web/mail shield root", product: "AVG Web/Mail Shield", local: true},
	{issuer: "bitdefender personal ca", product: "Bitdefender", prefix: true, local: true},
	{issuer: "kaspersky anti-virus personal root", product: "Kaspersky Anti-Virus", prefix: true, local: true},
	{issuer: "kaspersky endpoint security personal root", product: "Kaspersky Endpoint Security", prefix: true, local: true},
	{issuer: "eset ssl filter ca", product: "ESET", local: true},
	{issuer: "adguard personal ca", product: "AdGuard", local: true},
	{issuer: "fiddler", product: "Fiddler", prefix: true, local: true},
	{issuer: "do_not_trust_fiddlerroot", product: "Fiddler", local: true},
	{issuer: "charles proxy ca", product: "Charles Proxy", prefix: true, local: true},
	{issuer: "portswigger ca", product: "Burp Suite", local: true},
	{issuer: "mitmproxy", product: "mitmproxy", prefix: true},
	{issuer: "cisco umbrella root ca", product: "Cisco Umbrella"},
	{issuer: "cisco umbrella primary subca", product: "Cisco Umbrella", prefix: true},
	{issuer: "cisco umbrella secondary subca", product: "Cisco Umbrella", prefix: true},
	{issuer: "forcepoint cloud ca", product: "Forcepoint"},
	{issuer: "fortinet", product: "Fortinet FortiGate", organisation: true},
	{issuer: "fortigate ca", product: "Fortinet FortiGate"},
	{issuer: "zscaler inc.", product: "Zscaler", organisation: true},
	{issuer: "blue coat", product: "Blue Coat (Symantec ProxySG)", prefix: true, organisation: true},
	{issuer: "sophos ssl ca_", product: "Sophos", prefix: true},
	{issuer: "mcafee web gateway", product: "McAfee Web Gateway", prefix: true},
	{issuer: "mcafee web gateway", product: "McAfee Web Gateway", prefix: true, organisation: true},
	{issuer: "https management certificate for sonicwall", product: "SonicWall", prefix: true, organisation: true},
	{issuer: "smoothwall-default-root-certificate-authority", product: "Smoothwall"},
	{issuer: "goskope", product: "Netskope", within: true, organisation: true},
	{issuer: "goskope", product: "Netskope", within: true},
}
