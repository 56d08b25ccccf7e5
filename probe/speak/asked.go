package speak

// What can be asked of a port, and the modes, as they stand in Request.
const (
	askedTLS      = "tls"
	askedStartTLS = "starttls"
	askedPlain    = "plain"
	askedSSH      = "ssh"

	modeAlways = "always"
	modeNever  = "never"
)

// usual is what a port number's usual protocol implies for how to ask.
type usual struct {
	protocol string // that is expected; "" where the number says nothing
	tls      bool   // TLS comes first
	greets   bool   // the server speaks first; with tls: inside TLS
	startTLS bool   // can be upgraded
	quiet    bool   // prints or obeys whatever is sent: only listen unless told otherwise
}

// usualOf is the table of well-known habits, by IANA's registry and the protocols' RFCs.
// 9100-9107 are raw printer ports: a ClientHello or HEAD would come out on paper.
func usualOf(port uint16) usual {
	switch port {
	case 443, 8443, 2376, 5986, 6443, 9443, 10250:
		return usual{protocol: "https", tls: true}
	case 636, 3269:
		return usual{protocol: "ldap", tls: true}
	case 465:
		return usual{protocol: "smtp", tls: true, greets: true}
	case 993:
		return usual{protocol: "imap", tls: true, greets: true}
	case 995:
		return usual{protocol: "pop3", tls: true, greets: true}
	case 990:
		return usual{protocol: "ftp", tls: true, greets: true}
	case 563:
		return usual{protocol: "nntp", tls: true, greets: true}
	case 992:
		return usual{protocol: "telnet", tls: true}
	case 994, 6697:
		return usual{protocol: "irc", tls: true}
	case 853, 989, 5061, 5223, 5349, 5671, 6514, 8883, 2083, 4740, 5684:
		return usual{tls: true}
	case 22, 2222:
		return usual{protocol: "ssh", greets: true}
	case 21:
		return usual{protocol: "ftp", greets: true, startTLS: true}
	case 25, 587:
		return usual{protocol: "smtp", greets: true, startTLS: true}
	case 110:
		return usual{protocol: "pop3", greets: true, startTLS: true}
	case 143:
		return usual{protocol: "imap", greets: true, startTLS: true}
	case 119:
		return usual{protocol: "nntp", greets: true, startTLS: true}
	case 3306:
		return usual{protocol: "mysql", greets: true, startTLS: true}
	case 389, 3268:
		return usual{protocol: "ldap", startTLS: true}
	case 5222, 5269:
		return usual{protocol: "xmpp", startTLS: true}
	case 5432:
		return usual{protocol: "postgresql", startTLS: true}
	case 3389:
		return usual{protocol: "rdp", startTLS: true}
	case 13:
		return usual{protocol: "daytime", greets: true}
	case 17:
		return usual{protocol: "qotd", greets: true}
	case 19:
		return usual{protocol: "chargen", greets: true}
	case 23:
		return usual{protocol: "telnet", greets: true}
	case 37:
		return usual{protocol: "time", greets: true}
	case 873:
		return usual{protocol: "rsync", greets: true}
	case 4190:
		return usual{protocol: "managesieve", greets: true}
	case 5900, 5901, 5902, 5903:
		return usual{protocol: "vnc", greets: true}
	case 80, 8000, 8008, 8080, 8081, 3128:
		return usual{protocol: "http"}
	case 6379:
		return usual{protocol: "redis"}
	case 6667:
		return usual{protocol: "irc"}
	case 9100, 9101, 9102, 9103, 9104, 9105, 9106, 9107:
		return usual{quiet: true}
	}
	return usual{}
}

// Asked says what is asked of a port: "tls", "starttls", "plain", "ssh" or "" (find out). expect is
// the profile's word, mode the user's ("auto", "always", "never"); the user's wins where they disagree.
func Asked(port uint16, expect, mode string) string {
	switch {
	case expect == askedSSH || expect == "" && usualOf(port).protocol == "ssh" && port == 22 && mode != modeAlways:
		return askedSSH
	case mode == modeNever:
		return askedPlain
	case mode == modeAlways && expect != askedStartTLS:
		if expect == "" && usualOf(port).startTLS {
			return askedStartTLS
		}
		return askedTLS
	case expect != "":
		return expect
	case usualOf(port).tls:
		return askedTLS
	}
	return ""
}
