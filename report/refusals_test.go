package report_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"sync"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/services"
)

// dialogue is a server that says first, and then each of its answers to what is said to it; "" ends the conversation.
type dialogue struct {
	first   string
	answers []string
}

// said asks a server of this kind on loopback what it speaks, as if it had the port.
func (d dialogue) said(t *testing.T, port uint16, expect string) *evidence.Speech {
	t.Helper()
	l := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer func() { _ = c.Close() }()
				_, _ = c.Write([]byte(d.first))
				if len(d.answers) == 0 {
					return
				}
				b := make([]byte, 4096)
				for _, a := range d.answers {
					if n, err := c.Read(b); n == 0 || err != nil || a == "" {
						return
					}
					_, _ = c.Write([]byte(a))
				}
				_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
				for {
					if _, err := c.Read(b); err != nil {
						return
					}
				}
			})
		}
	})
	defer running.Wait()
	defer func() { _ = l.Close() }()
	dial := func(context.Context) (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }
	return speak.Ask(t.Context(), speak.Request{To: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port), ServerName: "server.test", Mode: "auto",
		Expect: expect, First: must[net.Conn](t)(dial(nil)), RTT: time.Millisecond, Dial: dial, Timeout: 6 * time.Second})
}

func mysqlError(code uint16, text string) string {
	body := "\xff" + string([]byte{byte(code), byte(code >> 8)}) + text
	return string([]byte{byte(len(body)), 0, 0, 0}) + body
}

func postgresError(state, message string) string {
	body := "SFATAL\x00VFATAL\x00C" + state + "\x00M" + message + "\x00Fpostmaster.c\x00L1\x00Rmain\x00\x00"
	n := len(body) + 4
	return "E\x00\x00" + string([]byte{byte(n >> 8), byte(n)}) + body
}

func rdpFailure(code byte) string {
	return "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x03\x00\x08\x00" + string([]byte{code}) + "\x00\x00\x00"
}

func ldapResult(tag, id, code byte, text string) string {
	result := "\x0a\x01" + string([]byte{code}) + "\x04\x00\x04" + string([]byte{byte(len(text))}) + text
	op := string([]byte{tag, byte(len(result))}) + result
	body := "\x02\x01" + string([]byte{id}) + op
	return "\x30" + string([]byte{byte(len(body))}) + body
}

// TestRefusals: what a service says instead of serving goes to whoever can act on it, and to nobody else.
func TestRefusals(t *testing.T) {
	const letIn = "to let " + client + " in"
	for _, c := range []struct {
		name   string
		port   uint16
		expect string
		server dialogue
		use    bool
		says   string
		never  string
	}{
		{"sshd, MaxStartups", 22, "", dialogue{"Exceeded MaxStartups\r\n", nil}, false, "too busy just now.*Try again in a few minutes.*raise the limit", letIn},
		{"sshd since 9.8", 22, "", dialogue{"Not allowed at this time\r\n", nil}, false, "SSH.*PerSourcePenalties", letIn},
		{"MySQL 1040", 3306, "", dialogue{mysqlError(1040, "#08004Too many connections"), nil}, false, "too busy just now.*Too many connections.*raise the limit", letIn},
		{"MySQL 1129", 3306, "", dialogue{mysqlError(1129, "Host '10.1.0.2' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'"), nil}, false, "FLUSH HOSTS", letIn},
		{"MySQL 1130", 3306, "", dialogue{mysqlError(1130, "Host '10.1.0.2' is not allowed to connect to this MySQL server"), nil}, false, "not on its list.*no firewall is in the way.*users and hosts", "firewall administrator"},
		{"MySQL 1203", 3306, "", dialogue{mysqlError(1203, "#42000User root already has more than 'max_user_connections' active connections"), nil}, false, "too many connections from here", letIn},
		{"SMTP 421", 25, "", dialogue{"421 4.7.0 mail.test Error: too many connections from 10.1.0.2\r\n", nil}, false, "too many connections from here.*this computer.*limit for each address", "whoever comes|refuses mail"},
		{"SMTP 554", 25, "", dialogue{"554 5.7.1 Service unavailable; Client host [10.1.0.2] blocked using zen.spamhaus.org\r\n", nil}, false, "refuses mail from this address.*port 587 or 465.*block list", letIn},
		{"SMTP 554 at submission", 587, "starttls", dialogue{"554 5.7.1 Access denied\r\n", nil}, false, "refuses this address.*Ask the mail provider", "port 587|" + letIn},
		{"SMTP 450, grey list", 25, "", dialogue{"450 4.7.1 Greylisting in action, please come back later\r\n", nil}, false, "greylisting.*tries again by itself", "too busy|" + letIn},
		{"SMTP 521", 25, "", dialogue{"521 mail.test does not accept mail\r\n", nil}, false, "accepts no mail, from whomever.*MX record", "block list"},
		{"SMTP, masked", 25, "starttls", dialogue{"220 *****************************\r\n", []string{"500 5.5.1 Command unrecognized: \"XXXX whyport\"\r\n", "250 mail.test\r\n", "500 5.5.1 Command unrecognized: \"XXXXXXXX\"\r\n", "221 bye\r\n"}}, false, "Cisco firewall.*inspect esmtp", "certificate"},
		{"FTP 421", 21, "", dialogue{"421 Too many users, sorry.\r\n", nil}, false, "too busy just now", letIn},
		{"FTP 530", 21, "", dialogue{"530 Access denied from your address.\r\n", nil}, false, "not on its list|let " + client, ""},
		{"IMAP, too many", 143, "", dialogue{"* BYE Too many connections from your IP.\r\n", nil}, false, "too many connections from here", "whoever comes"},
		{"IMAP, refused", 143, "", dialogue{"* BYE Access denied.\r\n", nil}, false, "not on its list", ""},
		{"POP3, too many", 110, "", dialogue{"-ERR Maximum number of connections from user+IP exceeded\r\n", nil}, false, "too many connections from here", "whoever comes"},
		{"NNTP 400", 119, "", dialogue{"400 Too many connections\r\n", nil}, false, "too busy just now", letIn},
		{"NNTP 502", 119, "", dialogue{"502 You have no permission to talk. Goodbye.\r\n", nil}, false, "let " + client, "too busy"},
		{"VNC, too many failures", 5900, "", dialogue{"RFB 003.008\n", []string{"\x00\x00\x00\x00\x1aToo many security failures"}}, false, "Too many security failures.*log-ins failed.*Wait a few minutes", "too busy"},
		{"Redis, protected", 6379, "", dialogue{"", []string{"-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user.\r\n"}}, false, "protected mode.*set a password", letIn},
		{"Redis, full", 6379, "", dialogue{"-ERR max number of clients reached\r\n", nil}, false, "too busy just now", letIn},
		{"Redis, loading", 6379, "", dialogue{"", []string{"-LOADING Redis is loading the dataset in memory\r\n"}}, false, "does not serve at the moment.*reading its data", letIn},
		{"Redis, password", 6379, "", dialogue{"", []string{"-NOAUTH Authentication required.\r\n"}}, true, "Redis", ""},
		{"IRC, banned", 6667, "", dialogue{"ERROR :Closing Link: [10.1.0.2] (K-lined)\r\n", nil}, false, "K-lined", ""},
		{"IRC, throttled", 6667, "", dialogue{"ERROR :Trying to reconnect too fast.\r\n", nil}, false, "too fast", ""},
		{"PostgreSQL, no TLS", 5432, "starttls", dialogue{"", []string{"N"}}, false, "does not offer encryption", ""},
		{"PostgreSQL, full", 5432, "", dialogue{"", []string{"N", postgresError("53300", "sorry, too many clients already")}}, false, "too busy just now.*too many clients already", letIn},
		{"PostgreSQL, slots", 5432, "", dialogue{"", []string{"N", postgresError("53300", "remaining connection slots are reserved for roles with the SUPERUSER attribute")}}, false, "too busy just now", letIn},
		{"PostgreSQL, starting", 5432, "", dialogue{"", []string{"N", postgresError("57P03", "the database system is starting up")}}, false, "does not serve at the moment.*starting up", letIn},
		{"PostgreSQL, pg_hba.conf", 5432, "", dialogue{"", []string{"N", postgresError("28000", `no pg_hba.conf entry for host "10.1.0.2", user "whyport", database "postgres", no encryption`)}}, true, "pg_hba.conf.* no entry for " + client + ".*database's administrator", "firewall"},
		{"PostgreSQL, lets in", 5432, "", dialogue{"", []string{"N", "R\x00\x00\x00\x17\x00\x00\x00\x0aSCRAM-SHA-256\x00\x00"}}, true, "PostgreSQL", "pg_hba"},
		{"PostgreSQL, no such user", 5432, "", dialogue{"", []string{"N", postgresError("28000", `role "whyport" does not exist`)}}, true, "PostgreSQL", "pg_hba|turns"},
		{"LDAP, unavailable", 389, "", dialogue{"", []string{ldapResult(0x78, 1, 52, ""), ldapResult(0x65, 2, 52, "")}}, false, "does not serve at the moment: .unavailable.*Try again in a few minutes", letIn},
		{"LDAP, busy", 389, "", dialogue{"", []string{ldapResult(0x78, 1, 51, ""), ldapResult(0x65, 2, 51, "")}}, false, "too busy just now.*: .busy", letIn},
		{"LDAP, without StartTLS", 389, "", dialogue{"", []string{ldapResult(0x78, 1, 2, ""), ldapResult(0x65, 2, 0, "")}}, true, "LDAP", ""},
		{"LDAP, confidentiality required", 389, "", dialogue{"", []string{ldapResult(0x78, 1, 52, ""), ldapResult(0x65, 2, 13, "")}}, true, "LDAP", ""},
		{"RDP 1", 3389, "starttls", dialogue{"", []string{rdpFailure(1)}}, false, "wants TLS, which it then refused", ""},
		{"RDP 2", 3389, "starttls", dialogue{"", []string{rdpFailure(2)}}, false, "own old encryption", ""},
		{"RDP 3", 3389, "starttls", dialogue{"", []string{rdpFailure(3)}}, false, "no certificate", ""},
		{"RDP 4", 3389, "starttls", dialogue{"", []string{rdpFailure(4)}}, false, "contradictory", ""},
		{"RDP 5", 3389, "starttls", dialogue{"", []string{rdpFailure(5)}}, false, "Network Level Authentication", ""},
		{"RDP 6", 3389, "starttls", dialogue{"", []string{rdpFailure(6)}}, false, "smart card", ""},
		{"RDP 5, not asked", 3389, "", dialogue{"", []string{rdpFailure(5)}}, true, "", ""},
		{"RDP 3, not asked", 3389, "", dialogue{"", []string{rdpFailure(3)}}, true, "", ""},
		{"HTTP 429", 80, "", dialogue{"", []string{"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"}}, true, "too many requests", ""},
		{"HTTP 503", 80, "", dialogue{"", []string{"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"}}, true, "503", ""},
		{"TCP wrappers", 2000, "", dialogue{"access denied by hosts.deny\r\n", nil}, false, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sp := c.server.said(t, c.port, c.expect)
			p := connected(server, client, c.port)
			p.Speech = sp
			v := verdict.Judge(&p, nil)
			r := oneVerdict(ip(server), ip(client), evidence.TCP, sp, v)
			r.Targets[0].Results[0].Port.Port, r.Targets[0].Target.Candidates[0].Port = c.port, c.port
			got := report.Build(r, services.New(), "test").Targets[0].Ports[0]
			text := allSaid(t, c.name, got)
			if v.Usable != c.use {
				t.Errorf("usable %v by %s", v.Usable, v.Rule)
			}
			if !regexp.MustCompile(c.says).MatchString(text) {
				t.Errorf("/%s/ is not in: %s", c.says, text)
			}
			if c.never != "" && regexp.MustCompile(c.never).MatchString(text) {
				t.Errorf("/%s/ is in: %s", c.never, text)
			}
			if os.Getenv("SHOW") != "" {
				fmt.Printf("%-30s %v %s %s id=%s code=%s notes=%v\n     %s\n", c.name, v.Usable, v.Reason, v.Rule, sp.Identified, sp.Code, sp.Notes, text)
			}
		})
	}
}
