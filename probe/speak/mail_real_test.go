//go:build unix

package speak

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
)

func TestRealOpenSSH(t *testing.T) {
	sshd := program(t, "sshd", "openssh-server")
	asRoot(t, "sshd") // it wants /run/sshd
	must(t, os.MkdirAll("/run/sshd", 0o755))
	dir := room(t)
	key := filepath.Join(dir, "host")
	run(t, program(t, "ssh-keygen", "openssh-client"), "-q", "-t", "ed25519", "-N", "", "-f", key)
	port := freePorts(t, 1)[0]
	conf := write(t, dir, "sshd_config", fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %s\nPidFile none\nUsePAM no\nLogLevel ERROR\n", port, key), 0o600)
	log := logged(t, sshd, []string{"-D", "-e", "-f", conf})
	awaitLogged(t, port, log)
	before := len(log())
	got := ask(t, at(port), onPort(22))
	if got.Identified != "ssh" || !strings.HasPrefix(got.Product, "OpenSSH_") || got.Connections != 0 || got.TLS != nil {
		t.Errorf("%+v", got)
	}
	time.Sleep(200 * time.Millisecond) // for what it writes down
	if said := log()[before:]; said != "" {
		t.Errorf("errors are logged: %s", said)
	}
	got = ask(t, at(port), onPort(443))
	if got.Identified != "ssh" || got.TLS.State != evidence.TLSPlaintext || got.Connections != 0 {
		t.Errorf("on 443: %+v %+v", got, got.TLS)
	}
}

// started asks a server that upgrades, and openssl about the same.
func started(t *testing.T, port int, usual uint16, protocol, opensslName, rootPEM string, roots change) *evidence.Speech {
	t.Helper()
	got := ask(t, at(port), onPort(usual), named("server.test"), roots)
	if got.Identified != protocol || got.TLS == nil || got.TLS.StartTLS != protocol || got.TLS.State != evidence.TLSOK || got.Connections > 1 {
		t.Errorf("%s: %+v %+v", protocol, got, got.TLS)
		return got
	}
	agree(t, got.TLS, openssl(t, port, rootPEM, "server.test", opensslName))
	return got
}

func TestRealPostfix(t *testing.T) {
	postfix := program(t, "postfix", "postfix")
	asRoot(t, "postfix")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "mail", root.leaf(t, rsaKey(t, 2048)))
	ports := freePorts(t, 2)
	queue, data := filepath.Join(dir, "queue"), filepath.Join(dir, "data")
	must(t, os.Mkdir(queue, 0o755))
	must(t, os.Mkdir(data, 0o755))
	chown(t, data, "postfix")
	write(t, dir, "main.cf", strings.Join([]string{
		"compatibility_level = 3.6", "queue_directory = " + queue, "data_directory = " + data, "inet_interfaces = loopback-only",
		"inet_protocols = ipv4", "myhostname = server.test", "mydestination =", "alias_maps =", "alias_database =", "biff = no",
		"smtpd_tls_cert_file = " + cert, "smtpd_tls_key_file = " + key, "smtpd_tls_security_level = may",
		"maillog_file = /dev/stdout", "disable_dns_lookups = yes", "smtpd_peername_lookup = no", "",
	}, "\n"), 0o644)
	service := "%s inet n - n - - smtpd %s\n"
	write(t, dir, "master.cf", fmt.Sprintf(service, fmt.Sprintf("127.0.0.1:%d", ports[0]), "")+
		fmt.Sprintf(service, fmt.Sprintf("127.0.0.1:%d", ports[1]), "-o smtpd_tls_security_level=none")+
		"cleanup unix n - n - 0 cleanup\nrewrite unix - - n - - trivial-rewrite\nproxymap unix - - n - - proxymap\n"+
		"anvil unix - - n - 1 anvil\ntlsmgr unix - - n 1000? 1 tlsmgr\npostlog unix-dgram n - n - 1 postlogd\n"+
		"pickup unix n - n 60 1 pickup\nqmgr unix n - n 300 1 qmgr\n", 0o644)
	start(t, ports, postfix, "-c", dir, "start-fg")
	t.Cleanup(func() { run(t, postfix, "-c", dir, "abort") })
	got := started(t, ports[0], 25, "smtp", "smtp", rootFile(t, dir, root), publicly(poolOf(root)))
	if got.Product != "Postfix" || got.Connections != 0 {
		t.Errorf("%+v", got)
	}
	got = ask(t, at(ports[1]), onPort(25), named("server.test"))
	if got.Identified != "smtp" || got.TLS == nil || !has(got.TLS.Notes, "starttls-not-offered") {
		t.Errorf("without TLS: %+v %+v", got, got.TLS)
	}
}

func TestRealDovecot(t *testing.T) {
	dovecot := program(t, "dovecot", "dovecot-imapd, dovecot-pop3d")
	asRoot(t, "dovecot")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "dovecot", root.leaf(t, nil))
	p := freePorts(t, 4)
	conf := write(t, dir, "dovecot.conf", fmt.Sprintf(`
base_dir = %[1]s/run
state_dir = %[1]s/state
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <%[2]s
ssl_key = <%[3]s
log_path = %[1]s/log
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=%[1]s
}
service imap-login {
  inet_listener imap {
    port = %[4]d
  }
  inet_listener imaps {
    port = %[5]d
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = %[6]d
  }
  inet_listener pop3s {
    port = %[7]d
    ssl = yes
  }
}
`, dir, cert, key, p[0], p[1], p[2], p[3]), 0o644)
	start(t, p, dovecot, "-F", "-c", conf)
	rootPEM := rootFile(t, dir, root)
	for i, tc := range []struct {
		protocol string
		usual    uint16
	}{{"imap", 143}, {"imap", 993}, {"pop3", 110}, {"pop3", 995}} {
		if i%2 == 0 {
			started(t, p[i], tc.usual, tc.protocol, tc.protocol, rootPEM, publicly(poolOf(root)))
			continue
		}
		got := ask(t, at(p[i]), onPort(tc.usual), named("server.test"), publicly(poolOf(root)))
		if got.Identified != tc.protocol || got.Product != "Dovecot" || got.TLS.State != evidence.TLSOK || got.Connections != 0 {
			t.Errorf("%d: %+v %+v", tc.usual, got, got.TLS)
		}
		agree(t, got.TLS, openssl(t, p[i], rootPEM, "server.test", ""))
	}
}

func TestRealVsftpd(t *testing.T) {
	vsftpd := program(t, "vsftpd", "vsftpd")
	asRoot(t, "vsftpd")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "ftp", root.leaf(t, rsaKey(t, 2048)))
	anonymous := filepath.Join(dir, "anonymous")
	must(t, os.Mkdir(anonymous, 0o555))
	ports := freePorts(t, 3)
	conf := func(name string, port int, more ...string) string {
		return write(t, dir, name, strings.Join(append([]string{
			"listen=YES", "background=NO", fmt.Sprintf("listen_port=%d", port), "listen_address=127.0.0.1", "anon_root=" + anonymous,
			"no_anon_password=NO", "secure_chroot_dir=" + anonymous, "seccomp_sandbox=NO", "xferlog_enable=NO", "",
		}, more...), "\n")+"\n", 0o600)
	}
	tls := []string{"ssl_enable=YES", "allow_anon_ssl=YES", "force_local_logins_ssl=NO", "rsa_cert_file=" + cert, "rsa_private_key_file=" + key}
	start(t, ports[:1], vsftpd, conf("tls.conf", ports[0], append(tls, "anonymous_enable=YES")...))
	start(t, ports[1:2], vsftpd, conf("plain.conf", ports[1], "anonymous_enable=YES", "ssl_enable=NO"))
	start(t, ports[2:], vsftpd, conf("closed.conf", ports[2], "anonymous_enable=NO", "local_enable=YES", "ssl_enable=NO"))
	got := started(t, ports[0], 21, "ftp", "ftp", rootFile(t, dir, root), publicly(poolOf(root)))
	if !strings.HasPrefix(got.Product, "vsFTPd ") || got.FTP == nil || got.FTP.Why != "login-required" || got.Connections != 0 {
		t.Errorf("%+v %+v", got, got.FTP)
	}
	got = ask(t, at(ports[1]), onPort(21))
	if got.FTP == nil || got.FTP.Why != "login-required" || !has(got.TLS.Notes, "starttls-not-offered") {
		t.Errorf("plain: %+v %+v", got.FTP, got.TLS)
	}
	got = ask(t, at(ports[2]), onPort(21))
	if got.FTP == nil || got.FTP.Passive != "not-tested" || got.FTP.Why != "login-required" {
		t.Errorf("closed: %+v", got.FTP)
	}
}
