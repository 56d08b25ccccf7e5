package speak

import (
	"bytes"
	"regexp"
	"strings"
)

// matcher recognises one protocol by the first bytes of a server.
type matcher struct {
	protocol string
	greets   bool // these servers speak first
	// match returns whether it is that protocol, and the product as it calls itself. usual is the
	// protocol that the port number promises, for greetings that two protocols share.
	match func(said []byte, usual string) (bool, string)
}

// matchers in the order in which they are tried: the unmistakable ones first.
func matchers() []matcher {
	return []matcher{
		{"ssh", true, matchSSH},
		{"http", false, matchHTTP},
		{"vnc", true, prefixed("RFB ")},
		{"rsync", true, prefixed("@RSYNCD:")},
		{"mysql", true, matchMySQL},
		{"telnet", true, matchTelnet},
		{"imap", true, matchIMAP},
		{"pop3", true, matchPOP3},
		{"managesieve", true, matchSieve},
		{"smtp", true, matchSMTP},
		{"ftp", true, matchFTP},
		{"nntp", true, matchNNTP},
		{"redis", false, matchRedis},
		{"memcached", false, equal("ERROR\r\n")},
		{"rtsp", false, prefixed("RTSP/1.")},
		{"sip", false, prefixed("SIP/2.0")},
		{"amqp", false, prefixed("AMQP")},
		{"irc", true, matchIRC},
		{"xmpp", false, matchXMPP},
		{"svn", true, prefixed("( success (")},
		{"asterisk-manager", true, prefixed("Asterisk Call Manager/")},
		{"munin", true, prefixed("# munin node at")},
		{"teamspeak", true, prefixed("TS3")},
		{"ldap", false, matchLDAP},
		{"mongodb", false, containing("MongoDB over HTTP")},
		{"daytime", true, matchDaytime},
		{"time", true, matchTime},
	}
}

// identify names the protocol that first words belong to, and the product; "" where nothing matches.
func identify(said []byte, usual string) (protocol, product string) {
	for _, m := range matchers() {
		if ok, product := m.match(said, usual); ok {
			return m.protocol, cut(product, maxName)
		}
	}
	return "", ""
}

// greets reports whether servers of a protocol speak first.
func greets(protocol string) bool {
	for _, m := range matchers() {
		if m.protocol == protocol {
			return m.greets
		}
	}
	return false
}

func prefixed(start string) func([]byte, string) (bool, string) {
	return func(said []byte, _ string) (bool, string) {
		if !bytes.HasPrefix(said, []byte(start)) {
			return false, ""
		}
		return true, strings.TrimSpace(firstLine(said))
	}
}

func equal(text string) func([]byte, string) (bool, string) {
	return func(said []byte, _ string) (bool, string) { return strings.HasPrefix(string(said), text), "" }
}

func containing(text string) func([]byte, string) (bool, string) {
	return func(said []byte, _ string) (bool, string) { return bytes.Contains(said, []byte(text)), "" }
}

// firstLine without its end; all of it where no line ended.
func firstLine(b []byte) string {
	if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// matchSSH: RFC 4253 section 4.2 allows other lines before the version.
func matchSSH(said []byte, usual string) (bool, string) {
	for line := range strings.Lines(string(said)) {
		if !strings.HasPrefix(line, "SSH-") {
			continue
		}
		parts := strings.SplitN(strings.TrimSpace(line), "-", 3)
		if len(parts) < 3 {
			return true, ""
		}
		product, _, _ := strings.Cut(parts[2], " ")
		return true, product
	}
	return usual == "ssh" && sshRefusal(firstLine(said)), ""
}

func matchHTTP(said []byte, _ string) (bool, string) {
	if bytes.HasPrefix(said, []byte("HTTP/")) {
		for line := range strings.Lines(string(said)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Server") {
				return true, strings.TrimSpace(value)
			}
		}
		return true, ""
	}
	return looksHTML(said), ""
}

// matchTelnet: IAC WILL, WONT, DO or DONT comes first (RFC 854).
func matchTelnet(said []byte, _ string) (bool, string) {
	return len(said) >= 3 && said[0] == 0xff && said[1] >= 0xfb && said[1] <= 0xfe, ""
}

// daytimes are the shapes of RFC 867 answers that servers give: ctime, ISO, NIST's and Windows'.
func matchDaytime(said []byte, usual string) (bool, string) {
	line := strings.TrimSpace(string(said))
	ok, _ := regexp.MatchString(`^[ -~]*\d{1,2}:\d{2}(:\d{2})?[ -~]*$`, line)
	return ok && (usual == "daytime" || dated(line)), ""
}

// dated reports whether a line is a date and a time, and not a sentence with a time in it.
func dated(line string) bool {
	ok, _ := regexp.MatchString(`^(\w{3},? )?(\w{3} +\d{1,2}|\d{1,2} \w{3}|\d{2,5}-\d{2}-\d{2}|\d{5} \d{2}-\d{2}-\d{2})[ T,]`, line)
	return ok && len(line) < 64
}

// matchTime: RFC 868, four bytes; nothing else tells it, so the port number must promise it.
func matchTime(said []byte, usual string) (bool, string) {
	return usual == "time" && len(said) == 4, ""
}

func matchIMAP(said []byte, _ string) (bool, string) {
	line := firstLine(said)
	for _, start := range []string{"* OK", "* PREAUTH", "* BYE"} {
		if strings.HasPrefix(line, start) {
			return true, productIn(line)
		}
	}
	return false, ""
}

func matchPOP3(said []byte, usual string) (bool, string) {
	line := firstLine(said)
	return strings.HasPrefix(line, "+OK") || usual == "pop3" && strings.HasPrefix(line, "-ERR"), productIn(line)
}

func matchSieve(said []byte, _ string) (bool, string) {
	line := firstLine(said)
	if !strings.HasPrefix(line, `"IMPLEMENTATION" `) {
		return false, ""
	}
	return true, strings.Trim(strings.TrimPrefix(line, `"IMPLEMENTATION" `), `"`)
}

func matchSMTP(said []byte, usual string) (bool, string) {
	line := firstLine(said)
	if !reply(line, "220", "421", "450", "520", "521", "554") {
		return false, ""
	}
	upper := strings.ToUpper(line)
	named := strings.Contains(upper, "SMTP") || strings.Contains(upper, "LMTP") || strings.Contains(upper, "MAIL")
	return usual == "smtp" || named && !strings.Contains(upper, "FTPD"), productIn(line)
}

func matchFTP(said []byte, usual string) (bool, string) {
	line := firstLine(said)
	if !reply(line, "220", "120", "421", "530") {
		return false, ""
	}
	return usual == "ftp" || strings.Contains(strings.ToUpper(string(said)), "FTP"), ftpProduct(said)
}

func matchNNTP(said []byte, usual string) (bool, string) {
	line := firstLine(said)
	return reply(line, "200", "201", "400", "502") &&
		(usual == "nntp" || strings.Contains(strings.ToUpper(line), "NNTP") || strings.Contains(line, "InterNetNews")), productIn(line)
}

func matchRedis(said []byte, _ string) (bool, string) {
	line := firstLine(said)
	return strings.HasPrefix(line, "-ERR unknown command") || strings.HasPrefix(line, "-NOAUTH") ||
		strings.HasPrefix(line, "-DENIED Redis") || strings.HasPrefix(line, "-ERR Protocol error"), ""
}

func matchIRC(said []byte, _ string) (bool, string) {
	line := firstLine(said)
	return strings.HasPrefix(line, "NOTICE AUTH") || strings.HasPrefix(line, ":") &&
		(strings.Contains(line, " NOTICE ") || strings.Contains(line, " 451 ")), ""
}

func matchXMPP(said []byte, _ string) (bool, string) {
	return bytes.Contains(said, []byte("<stream:")) || bytes.Contains(said, []byte("jabber:")), ""
}

// reply reports whether a line is one of the numbered replies of the RFC 959 family.
func reply(line string, codes ...string) bool {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return false
	}
	for _, c := range codes {
		if line[:3] == c {
			return true
		}
	}
	return false
}

// productIn picks the name of a known server program out of a greeting; "" where it keeps silent.
func productIn(line string) string {
	for _, name := range []string{
		"Postfix", "Exim", "Sendmail", "Dovecot", "Courier", "Cyrus", "Microsoft ESMTP", "Microsoft Exchange",
		"Haraka", "qmail", "OpenSMTPD", "Kerio", "MDaemon", "hMailServer", "Zimbra", "Gimap", "InterNetNews",
		"Proton", "CommuniGate",
	} {
		if i := strings.Index(strings.ToLower(line), strings.ToLower(name)); i >= 0 {
			rest := line[i+len(name):]
			return line[i:i+len(name)] + version(rest)
		}
	}
	return ""
}

// version is " 4.96" where a version number follows a product's name.
func version(rest string) string {
	return regexp.MustCompile(`^[ /]v?\d[\w.+-]*`).FindString(rest)
}

// ftpProduct is what an FTP greeting says between its number and its pleasantries: "vsFTPd 3.0.3".
func ftpProduct(said []byte) string {
	return regexp.MustCompile(`(?i)(vsFTPd|ProFTPD|Pure-FTPd|FileZilla Server|Microsoft FTP Service|Serv-U|wu-ftpd)([ /]v?\d[\w.]*)?`).
		FindString(string(said))
}
