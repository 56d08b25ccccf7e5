package words

import (
	"fmt"
	"regexp"
	"strings"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// refusalRows are for services whose first words turn this computer away: each goes to whom it is for.
func refusalRows() []row {
	return []row{
		{"too-busy", (*Subject).tooBusy}, {"not-just-now", (*Subject).notJustNow}, {"not-serving", (*Subject).notServing},
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

// fromHere are limits for one address; grey are mail servers that ask whom they do not know to come again.
var (
	fromHere = regexp.MustCompile(`(?i)\bfrom (your|this|user|\[?[0-9a-f]*[.:][0-9a-f.:]+)|user\+ip|per (ip|host|user|address|client)|` +
		`already has more than`)
	grey = regexp.MustCompile(`(?i)gr[ea]y.?list`)
)

func (s *Subject) tooBusy() Sentences {
	said := s.refusal()
	switch {
	case grey.MatchString(said):
		return Sentences{s.service() + ": to come again later (greylisting)",
			fmt.Sprintf("The mail server asks whom it does not know to come again later%s, as mail servers do by themselves.", said),
			"Wait: a mail server tries again by itself after some minutes; programs send through the mail provider's server (port 587 or 465)."}
	case fromHere.MatchString(said):
		return Sentences{s.service() + ": too many connections from here",
			fmt.Sprintf("%s answers, but says that there are too many connections from this computer, or from its address, at the moment%s.",
				phrase.Capital(s.service()), said),
			fmt.Sprintf("Close programs here that are connected to it and try again; if it stays, ask the server's administrator to raise the "+
				"limit for each address for %s.", s.from())}
	}
	return Sentences{s.service() + ": too busy just now",
		fmt.Sprintf("%s answers, but says that it is too busy at the moment%s, for whoever comes.", phrase.Capital(s.service()), said),
		fmt.Sprintf(
			"Try again in a few minutes. If it stays, ask the server's administrator to look at the load and raise "+
				"the limit on connections for %s.",
			s.number(),
		)}
}

func (s *Subject) notJustNow() Sentences {
	limits := "a limit, a lock after failed log-ins"
	if s.Port.Speech.Identified == "ssh" {
		limits = "MaxStartups, PerSourcePenalties"
	}
	return Sentences{s.service() + ": not just now",
		fmt.Sprintf("%s answers, but lets this computer in only after a while%s. Servers do so with too many log-ins at a time, and "+
			"with addresses whose log-ins failed.", phrase.Capital(s.service()), s.refusal()),
		fmt.Sprintf("Wait a few minutes without trying; if it stays, ask the server's administrator what its log says of %s (%s).",
			s.from(), limits)}
}

func (s *Subject) notServing() Sentences {
	return Sentences{s.service() + ": does not serve just now",
		fmt.Sprintf("%s answers, but says that it does not serve at the moment%s, for whoever comes: it is starting, reading its "+
			"data, or shutting down.", phrase.Capital(s.service()), s.refusal()),
		fmt.Sprintf("Try again in a few minutes; if it stays, ask the server's administrator what the service behind %s is doing.", s.number())}
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
		fmt.Sprintf("%s answers, but its own settings do not let this computer in%s; no firewall is in the way.",
			phrase.Capital(s.service()), s.refusal()),
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
	if b := s.Port.Speech.Banner; b != nil && strings.HasPrefix(string(b.Bytes), "521") { // RFC 7504
		return Sentences{s.service() + ": takes no mail at all",
			fmt.Sprintf("The mail server answers and says that it accepts no mail, from whomever%s.", s.refusal()),
			"Use the server that the domain names for mail (MX record), or the mail provider's (port 587 or 465)."}
	}
	if port := s.Port.Port; port == 587 || port == 465 {
		return Sentences{s.service() + ": refuses this address",
			fmt.Sprintf("The mail server answers and refuses this computer's address%s, before any log-in.", s.refusal()),
			fmt.Sprintf("Ask the mail provider why its server refuses %s (a block list, failed log-ins), or send from another network.", s.from())}
	}
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
