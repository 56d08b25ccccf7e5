package usage

import (
	"net/netip"
	"slices"
	"strings"

	"whyport/probe/target"
)

// programs are those whose command lines people type behind this one's name, with the port that they mean where none is typed.
func programs() map[string]string {
	return map[string]string{"ssh": "22", "scp": "22", "sftp": "22", "telnet": "23", "nc": "", "ncat": "", "netcat": "", "curl": "443",
		"wget": "443", "ping": "", "tcping": "", "psping": "", "paping": "", "nmap": "", "traceroute": "", "tracert": "", "mtr": "",
		"test-netconnection": "", "tnc": "", "openssl": "443", "mstsc": "3389", "nping": "", "hping3": ""}
}

// otherProgram answers for the command line of another program: its name, flags and a server.
func otherProgram(args []string) error {
	if len(args) < 2 {
		return nil
	}
	usual, is := programs()[strings.ToLower(args[0])]
	if !is {
		return nil
	}
	host, before := "", ""
	var ports []string
	for _, a := range args[1:] {
		flag, behind := strings.CutPrefix(strings.ToLower(before), "-")
		switch before = a; {
		case strings.HasPrefix(a, "-") || a == "s_client":
		case morePorts(a) && (!behind && host != "" || flag == "p" || flag == "port"):
			ports = append(ports, a)
		case host == "" && !morePorts(a):
			host = a
		}
	}
	if _, behind, has := strings.Cut(host, "@"); has {
		host = behind
	}
	if host == "" || !typedHost(host) {
		return nil
	}
	command := "whyport " + host
	switch _, hasPort := splitPort(host); {
	case len(ports) > 0:
		command += " -p " + strings.Join(ports, ",")
	case usual != "" && !hasPort && !strings.Contains(host, "://"):
		command += " -p " + usual
	}
	return New("type "+command, "this is a command line for %s", target.Shown(args[0]))
}

// typedHost reports text that a shell takes as it is.
func typedHost(text string) bool {
	return strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789.-_:/[]") == ""
}

func splitPort(text string) (host string, has bool) {
	i := strings.LastIndexByte(text, ':')
	return text[:max(i, 0)], i > 0 && strings.Count(text, ":") == 1
}

// addressOrPort answers for ::1:80, an address that may have been meant as one with a port (RFC 5952, 6): -p says that it was not.
func addressOrPort(word string) error {
	i := strings.LastIndexByte(word, ':')
	if _, err := netip.ParseAddr(word); err != nil || i < 0 || !slices.Contains(often(), word[i+1:]) {
		return nil
	}
	a, err := netip.ParseAddr(word[:i])
	if err != nil || !a.Is6() {
		return nil
	}
	return New("type ["+word[:i]+"]:"+word[i+1:]+" for the port, or ["+word+"] for the address",
		"%s can be an address, or another with the port %s", word, word[i+1:])
}

// often are ports that people write behind an address.
func often() []string {
	return []string{"22", "25", "53", "80", "389", "443", "445", "465", "587", "636", "853", "993", "995", "1433", "1521", "2222", "3000",
		"3306", "3389", "5000", "5060", "5432", "5900", "6379", "6443", "8000", "8080", "8443", "8888", "9000", "9100", "9200", "9443"}
}

// onion answers for names that are never in DNS (RFC 7686, 2): only Tor's proxy knows them.
func onion(t target.Target, proxied bool) error {
	host := strings.TrimSuffix(t.Host, ".")
	if proxied || !strings.HasSuffix(host, ".onion") {
		return nil
	}
	again := t.Input
	if !typedHost(again) {
		again = host
	}
	return New("start Tor, then type whyport "+again+" --proxy socks5h://127.0.0.1:9050",
		"%s is a name inside Tor, which no name server knows", target.Shown(host))
}
