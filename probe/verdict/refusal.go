package verdict

import (
	"regexp"
	"slices"
	"strings"

	"whyport/probe/evidence"
)

// What a service's first words refuse, and so who has to act.

// refusals of services, as their servers word them: the first that fits decides. The words are those of the programs named.
func refusalRules() []rule {
	says := func(pattern string, protocols ...string) condition {
		words := regexp.MustCompile(`(?i)` + pattern)
		return func(o *observed) bool {
			s := o.speech()
			return o.alive() && o.turnedAway() && (s.Banner != nil && words.Match(s.Banner.Bytes) || words.MatchString(s.Code)) &&
				(len(protocols) == 0 || slices.Contains(protocols, s.Identified))
		}
	}
	return []rule{
		// MySQL and MariaDB, error 1129; the host stays blocked until somebody clears the counter.
		{"blocked-for-errors", says(`blocked because of many connection errors`), openFor(false)},
		// sshd since 9.8, of MaxStartups and of PerSourcePenalties alike; VNC servers after failed log-ins; IRC servers that are
		// come back to too soon.
		{"not-just-now", says(`^not allowed at this time|too many (security|authentication) failures|too fast|throttle`), openFor(false)},
		// Redis that reads its data, an LDAP server's 52 (RFC 4511), PostgreSQL's 57P03.
		{"not-serving", says(`^-?loading|^unavailable$|is (starting up|shutting down|in recovery)|not currently serving`), openFor(false)},
		// OpenSSH "Exceeded MaxStartups", MySQL 1040 and 1203, LDAP's 51, Redis, PostgreSQL 53300, Dovecot, Postfix and Exim
		// 421 4.7.0, vsftpd 421, inetd; 450, 451 and 421 are "try again later" by RFC 5321, 4.2.1.
		{"too-busy", says(`too many|maxstartups|exceeded|too busy|^busy$|overload|load average|try again later|come back later|already has more than|` +
			`max number of clients|connection slots|` +
			`resources? (temporarily|unavailable)|^(421|450|451|452)[ -]`), openFor(false)},
		// A mail server that will not talk to this address: 521 and 554 (RFC 7504, RFC 5321 3.1).
		{"mail-refused", says(`^(521|554|550)[ -]`, "smtp"), openFor(false)},
		// MySQL 1130, PostgreSQL's pg_hba.conf, TCP wrappers, rsyncd.
		{
			"host-not-allowed",
			says(`is not allowed to connect|no pg_hba\.conf entry|access denied|not permitted|not allowed from`),
			openFor(false),
		},
		// Redis, since 3.2.
		{"protected-mode", says(`protected mode`, "redis"), openFor(false)},
	}
}

// SMTPMasked reports a masked greeting: Cisco's firewalls (ASA's "inspect esmtp", PIX's "fixup protocol smtp") write asterisks over a mail
// server's greeting, and XXXX over the commands that they do not let pass.
func SMTPMasked(s *evidence.Speech) bool {
	return s != nil && s.Identified == "smtp" && s.Banner != nil && asterisks.Match(s.Banner.Bytes)
}

var asterisks = regexp.MustCompile(`^220[ -][^\r\n]*\*{6}`)

// OftenBlocked names what providers and companies block as a habit, on the way to other networks: the port's habit, what to use
// instead; "" for other ports. Sources: M3AAWG "Managing Port 25 for Residential or Dynamic IP Space" (2005); Microsoft,
// "Preventing SMB traffic from lateral connections" (KB 3185535); RFC 6092 for the rest is silent.
func OftenBlocked(p *evidence.Port) (habit, instead string) {
	switch {
	case p.Protocol != evidence.TCP || !outside(p.Addr):
		return "", ""
	case p.Port == 25:
		return "Internet providers often block port 25 for everybody but mail servers", "programs send mail through port 587 or 465"
	case p.Port == 445, p.Port >= 135 && p.Port <= 139:
		return "Internet providers and companies often block Windows file sharing towards the Internet", "use a VPN, or SFTP or HTTPS"
	case p.Port == 5060:
		return "routers often rewrite or block SIP on port 5060 (SIP ALG)", "SIP over TLS on port 5061 is left alone"
	}
	return "", ""
}

// RDPRefused is what a Remote Desktop server answers to the offer of TLS (MS-RDPBCGR 2.2.1.2.2), without the prefix of
// Speech.Code; "" where it did not.
func RDPRefused(s *evidence.Speech) string {
	if s == nil {
		return ""
	}
	code, _ := strings.CutPrefix(s.Code, evidence.RDPFailure)
	if code == s.Code {
		return ""
	}
	return code
}
