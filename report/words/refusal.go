package words

import (
	"fmt"

	"whyport/probe/verdict"
)

// refusalRows are for services whose first words turn this computer away: each goes to whom it is for.
func refusalRows() []row {
	return []row{
		{"too-busy", (*Subject).tooBusy},
		{"blocked-for-errors", (*Subject).blockedForErrors}, {"host-not-allowed", (*Subject).hostNotAllowed},
		{"protected-mode", (*Subject).protectedMode}, {"mail-refused", (*Subject).mailRefused},
	}
}

// service is the service that answers, in people's words.
func (s *Subject) service() string {
	if what := s.speaks(); what != "" && s.Port.Speech.Identified != "" {
		return what
	}
	return "A service"
}

func (s *Subject) tooBusy() Sentences {
	return Sentences{s.service() + ": too busy just now",
		fmt.Sprintf("%s answers, but says that it is too busy at the moment%s, for whoever comes.",
			s.service(), s.refusal()),
		fmt.Sprintf(
			"Try again in a few minutes. If it stays, ask the server's administrator to look at the load and"+
				" the limit on connections for %s.",
			s.number(),
		)}
}

func (s *Subject) blockedForErrors() Sentences {
	return Sentences{s.service() + ": blocks this computer after failed connections",
		fmt.Sprintf("%s has blocked this computer because connections from it ended before a log-in%s; checks of this port, such as this "+
			"one, can count as such connections.", s.service(), s.refusal()),
		fmt.Sprintf(
			"Ask the database's administrator to run FLUSH HOSTS (mariadb-admin flush-hosts) for %s, and to raise max_connect_errors; "+
				"check the port less often.",
			s.from(),
		)}
}

func (s *Subject) hostNotAllowed() Sentences {
	return Sentences{s.service() + ": this computer is not on its list",
		fmt.Sprintf("%s answers, but its own settings do not let this computer in%s; no firewall is in the way.", s.service(), s.refusal()),
		fmt.Sprintf(
			"Ask the administrator of the service to allow %s in its settings (users and hosts, pg_hba.conf, hosts.allow).",
			s.from(),
		)}
}

func (s *Subject) protectedMode() Sentences {
	return Sentences{"Redis: protected mode",
		"Redis answers, but it is in protected mode: without a password it serves its own computer only.",
		"Ask the administrator of Redis to set a password, or to bind it to the clients' address. " +
			"Protected mode should stay on."}
}

func (s *Subject) mailRefused() Sentences {
	return Sentences{s.service() + ": refuses mail from this address",
		fmt.Sprintf("The mail server answers and refuses this computer's address%s. Mail servers refuse addresses of"+
			" homes and offices, and those on block lists.", s.refusal()),
		"To send mail, use the mail provider's server with a log-in (port 587 or 465); if this computer is a mail server, look its " +
			"public address " +
			"up in the block list that the answer names."}
}

// rdpWords say what a Remote Desktop server's refusal means (MS-RDPBCGR 2.2.1.2.2); "" where it gave none.
func (s *Subject) rdpWords() (why, next string) {
	switch verdict.RDPRefused(s.Port.Speech) {
	case "ssl-required":
		return "it wants TLS, which it then refused.", "Ask the server's administrator to check Remote Desktop's security layer and " +
			"certificate."
	case "ssl-not-allowed":
		return "it only takes RDP's own old encryption, not TLS.", "Ask the server's administrator to set Remote Desktop's security " +
			"layer to " +
			"\"negotiate\" or \"SSL\"."
	case "no-certificate":
		return "it has no certificate for TLS.", "Ask the server's administrator to give Remote Desktop a certificate."
	case "inconsistent-flags":
		return "it calls the request contradictory, as broken gateways do.", "Ask the server's administrator what stands before the server."
	case "nla-required":
		return "it wants a log-in before the desktop (Network Level Authentication).", "Use a Remote Desktop program that knows " +
			"Network Level " +
			"Authentication."
	case "user-certificate-required":
		return "it wants a smart card or user certificate.", "Connect with the smart card, or ask the server's administrator."
	}
	return "", ""
}

// habitNote is what is known of ports that are blocked for everybody.
func (s *Subject) habitNote() string {
	const few = 100 // in larger runs nobody asks why a single port is blocked
	if st := s.Verdict.State; st != verdict.Filtered && st != verdict.Blocked || s.Target != nil && len(s.Target.Target.Candidates) > few {
		return ""
	}
	habit, instead := verdict.OftenBlocked(s.Port)
	if habit == "" {
		return ""
	}
	return "This may be meant: " + habit + "; " + instead + "."
}
