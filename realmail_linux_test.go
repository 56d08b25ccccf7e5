package main

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// chown gives a server its files.
func chown(t *testing.T, user string, paths ...string) {
	t.Helper()
	if out, err := exec.Command("chown", append([]string{"-R", user}, paths...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
}

// TestRealMail: Postfix and Dovecot, as a help desk meets them: the certificate has expired, one port has only an old
// TLS, one can't go over to encryption, and one lets nobody in.
func TestRealMail(t *testing.T) {
	postfix, dovecot := needs(t, "postfix", "postfix"), needs(t, "dovecot", "dovecot-imapd")
	t.Parallel()
	dir, net := room(t), network()
	address, strict := net+"1", net+"2"
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	root := authority(t, nil, "Example Corp Root")
	roots, _ := keep(t, dir, "root", root)
	template := named("mail.test")
	template.NotBefore, template.NotAfter = time.Now().Add(-90*24*time.Hour), time.Now().Add(-36*time.Hour)
	cert, certKey := keep(t, dir, "mail", issue(t, root, key, template))
	for _, sub := range []string{"queue", "data", "pf"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	chown(t, "postfix", dir+"/data")
	put(t, dir+"/pf/main.cf", strings.Join([]string{
		"compatibility_level = 3.6", "queue_directory = " + dir + "/queue", "data_directory = " + dir + "/data", "inet_interfaces = loopback-only",
		"inet_protocols = ipv4", "myhostname = mail.test", "mydestination =", "alias_maps =", "alias_database =", "biff = no", "smtpd_tls_cert_file = " + cert,
		"smtpd_tls_key_file = " + certKey, "smtpd_tls_security_level = may", "maillog_file = /dev/stdout", "disable_dns_lookups = yes", "smtpd_peername_lookup = no", "",
	}, "\n"))
	smtpd := "%s:%d inet n - n - - smtpd %s\n"
	put(t, dir+"/pf/master.cf", fmt.Sprintf(smtpd, address, 25, "")+
		fmt.Sprintf(smtpd, address, 587, "-o smtpd_tls_protocols=TLSv1 -o smtpd_tls_ciphers=low -o tls_low_cipherlist=ALL:@SECLEVEL=0")+
		fmt.Sprintf(smtpd, address, 465, "-o smtpd_tls_wrappermode=yes")+
		fmt.Sprintf(smtpd, address, 2525, "-o smtpd_tls_cert_file=/nonexistent -o smtpd_tls_key_file=/nonexistent")+
		fmt.Sprintf(smtpd, strict, 25, "-o smtpd_delay_reject=no -o smtpd_client_restrictions=reject")+
		"cleanup unix n - n - 0 cleanup\nrewrite unix - - n - - trivial-rewrite\nproxymap unix - - n - - proxymap\nanvil unix - - n - 1 anvil\n"+
		"tlsmgr unix - - n 1000? 1 tlsmgr\npostlog unix-dgram n - n - 1 postlogd\npickup unix n - n 60 1 pickup\nqmgr unix n - n 300 1 qmgr\n")
	background(t, address+":25", postfix, "-c", dir+"/pf", "start-fg")
	t.Cleanup(func() { exec.Command(postfix, "-c", dir+"/pf", "abort").Run() })
	put(t, dir+"/dovecot.conf", fmt.Sprintf("base_dir = %[1]s/run\nstate_dir = %[1]s/state\nprotocols = imap\nlisten = %[2]s\nssl = required\nssl_min_protocol = TLSv1.3\n"+
		"ssl_cert = <%[3]s\nssl_key = <%[4]s\nlog_path = %[1]s/log\npassdb {\n  driver = static\n  args = nopassword=y\n}\nuserdb {\n  driver = static\n  args = uid=65534 gid=65534 home=%[1]s\n}\n",
		dir, address, cert, certKey))
	background(t, address+":993", dovecot, "-F", "-c", dir+"/dovecot.conf")
	for port, want := range map[string][]string{
		"25":   {"certificate expired 2 days ago", "ask the server's administrator to renew"},
		"465":  {"certificate expired 2 days ago"},
		"587":  {"certificate expired 2 days ago", "old version of encryption (TLS 1.0)"},
		"143":  {"certificate expired 2 days ago"},
		"993":  {"certificate expired 2 days ago"},
		"2525": {"answers with SMTP (Postfix)", "offers to go over to encryption (STARTTLS) and then refuses it"},
	} {
		t.Run(port, func(t *testing.T) {
			got := whyport(t, roots, address, "-p", port, "--server-name", "mail.test")
			says(t, got, want...)
			if usable := port != "465" && port != "993"; got.State != "open" || *got.Usable != usable {
				t.Errorf("%+v", got)
			}
			if v := got.TLS.Verification; port != "2525" && (v == nil || v.Error == nil || *v.Error != "expired") {
				t.Errorf("%+v", got.TLS)
			}
		})
	}
	got := whyport(t, roots, strict, "-p", "25")
	if got.State != "open" || *got.Usable {
		t.Errorf("%+v", got)
	}
	says(t, got, "refuses mail from this address", "Client host rejected: Access denied")
}

// TestRealMariaDBTurnsAway: the port is open, and a database that knows no user from here is of no use.
func TestRealMariaDBTurnsAway(t *testing.T) {
	mariadbd, install := needs(t, "mariadbd", "mariadb-server"), needs(t, "mariadb-install-db", "mariadb-server")
	t.Parallel()
	dir, address := room(t), network()+"1"
	if out, err := exec.Command(install, "--no-defaults", "--user=mysql", "--datadir="+dir+"/data", "--skip-test-db").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	chown(t, "mysql", dir)
	background(t, address+":3306", mariadbd, "--no-defaults", "--user=mysql", "--datadir="+dir+"/data", "--bind-address="+address, "--port=3306", "--skip-name-resolve",
		"--socket="+dir+"/s", "--pid-file="+dir+"/pid", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M")
	got := whyport(t, "/dev/null", address, "-p", "3306")
	if got.State != "open" || *got.Usable || got.Identified == nil || *got.Identified != "mysql" {
		t.Errorf("%+v", got)
	}
	says(t, got, `do not let this computer in: "Host '`, "is not allowed to connect to this MariaDB server\"", "to allow 127.")
}
