package words

import (
	"cmp"
	"fmt"
	"slices"

	"whyport/probe/evidence"
)

// visits warns where a service that counts visits got more than one of this run; "" elsewhere. Limits: MySQL and MariaDB
// max_connect_errors (100), fail2ban's maxretry (5), ufw limit (6 in 30 s), VNC's blacklists (5).
func (s *Subject) visits() string {
	const many = 5 // for firewalls that count connections, whatever the service
	n := s.Port.Connections
	if n < 2 || s.Port.Speech == nil {
		return ""
	}
	what := ""
	switch sp := s.Port.Speech; cmp.Or(sp.Identified, sp.Usual) {
	case "mysql":
		what = "the server counts those that end before a login and shuts the caller out (max_connect_errors)"
	case "ssh", "ftp", "smtp", "imap", "pop3", "vnc", "rdp", "sip", "telnet", "postgresql":
		what = "servers and their guards (fail2ban, ufw limit) count those that end before a login"
	case "ipp", "lpd":
		what = "printers take few at a time"
	default:
		if slices.Contains(sp.Notes, evidence.NoteListenedOnly) && s.Port.Port >= 9100 && s.Port.Port <= 9107 {
			what = "printers take few at a time"
		} else if n >= many {
			what = "firewalls that limit new connections count them (ufw limit: 6 in 30 s)"
		}
	}
	if what == "" {
		return ""
	}
	return fmt.Sprintf("This run made %d connections to this port; %s.", n, what)
}
