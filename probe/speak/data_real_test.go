//go:build unix

package speak

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// run runs a program to its end.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

func TestRealOpenLDAP(t *testing.T) {
	slapd := program(t, "slapd", "slapd")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "ldap", root.leaf(t, rsaKey(t, 2048)))
	rootPEM := rootFile(t, dir, root)
	p := freePorts(t, 3)
	conf := write(t, dir, "slapd.conf", fmt.Sprintf("pidfile %[1]s/pid\nTLSCACertificateFile %[2]s\nTLSCertificateFile %[3]s\nTLSCertificateKeyFile %[4]s\n", dir, rootPEM, cert, key), 0o644)
	bare := write(t, dir, "bare.conf", "pidfile "+dir+"/pid2\n", 0o644)
	start(t, p[:2], slapd, "-d", "0", "-f", conf, "-h", fmt.Sprintf("ldap://127.0.0.1:%d ldaps://127.0.0.1:%d", p[0], p[1]))
	start(t, p[2:], slapd, "-d", "0", "-f", bare, "-h", fmt.Sprintf("ldap://127.0.0.1:%d", p[2]))
	started(t, p[0], 389, "ldap", "ldap", rootPEM, publicly(poolOf(root)))
	got := ask(t, at(p[1]), onPort(636), named("server.test"), publicly(poolOf(root)))
	if got.TLS.State != evidence.TLSOK || got.TLS.StartTLS != "" {
		t.Errorf("ldaps: %+v", got.TLS)
	}
	agree(t, got.TLS, openssl(t, p[1], rootPEM, "server.test", ""))
	got = ask(t, at(p[2]), onPort(389), named("server.test"))
	if got.Identified != "ldap" || got.TLS.State != evidence.TLSNotTried || !has(got.TLS.Notes, "starttls-not-offered") {
		t.Errorf("without TLS: %+v %+v", got, got.TLS)
	}
}

func TestRealPostgreSQL(t *testing.T) {
	asRoot(t, "postgres (through runuser)")
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		missing(t, "initdb is not installed (Debian: postgresql)")
	}
	bin := filepath.Dir(found[len(found)-1])
	runuser := program(t, "runuser", "util-linux")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "pg", root.leaf(t, nil))
	data := filepath.Join(dir, "data")
	must(t, os.Mkdir(data, 0o700))
	must(t, os.Chmod(key, 0o600))
	chown(t, dir, "postgres")
	run(t, runuser, "-u", "postgres", "--", filepath.Join(bin, "initdb"), "-D", data, "--no-sync", "-A", "trust")
	port := freePorts(t, 1)[0]
	options := []string{"-u", "postgres", "--", filepath.Join(bin, "postgres"), "-D", data, "-p", fmt.Sprint(port), "-h", "127.0.0.1", "-k", dir}
	ssl := []string{"-c", "ssl=on", "-c", "ssl_cert_file=" + cert, "-c", "ssl_key_file=" + key}
	t.Run("ssl on", func(t *testing.T) {
		start(t, []int{port}, runuser, append(options[:len(options):len(options)], ssl...)...)
		started(t, port, 5432, "postgresql", "postgres", rootFile(t, dir, root), publicly(poolOf(root)))
	})
	t.Run("ssl off", func(t *testing.T) {
		start(t, []int{port}, runuser, options...)
		got := ask(t, at(port), onPort(5432), named("server.test"))
		if got.Identified != "postgresql" || !has(got.TLS.Notes, "starttls-not-offered") || has(got.Notes, evidence.NoteUnlisted) {
			t.Errorf("%+v %+v", got, got.TLS)
		}
	})
	list := write(t, dir, "list", "host all all 192.0.2.0/24 scram-sha-256\n", 0o644)
	for name, more := range map[string][]string{"not on the list": nil, "not on the list, ssl on": ssl} {
		t.Run(name, func(t *testing.T) {
			start(t, []int{port}, runuser, append(append(options[:len(options):len(options)], "-c", "hba_file="+list), more...)...)
			got := ask(t, at(port), onPort(5432), named("server.test"), publicly(poolOf(root)))
			for n := 0; n < 20 && got.Code == "the database system is starting up"; n++ {
				if !has(got.Notes, evidence.NoteTurnedAway) {
					t.Errorf("starting up: %+v", got)
				}
				time.Sleep(200 * time.Millisecond)
				got = ask(t, at(port), onPort(5432), named("server.test"), publicly(poolOf(root)))
			}
			if got.Identified != "postgresql" || !has(got.Notes, evidence.NoteUnlisted) || got.TLS.Completed() != (more != nil) {
				t.Errorf("%+v %+v", got, got.TLS)
			}
		})
	}
}

func TestRealMariaDB(t *testing.T) {
	mariadbd := program(t, "mariadbd", "mariadb-server")
	install := program(t, "mariadb-install-db", "mariadb-server")
	asRoot(t, "mariadbd")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "db", root.leaf(t, rsaKey(t, 2048)))
	data := filepath.Join(dir, "data")
	must(t, os.Mkdir(data, 0o755))
	chown(t, dir, "mysql")
	run(t, install, "--no-defaults", "--user=mysql", "--datadir="+data, "--skip-test-db")
	port := freePorts(t, 1)[0]
	start(t, []int{port}, mariadbd, "--no-defaults", "--user=mysql", "--datadir="+data, "--bind-address=127.0.0.1",
		fmt.Sprintf("--port=%d", port), "--socket="+dir+"/s", "--pid-file="+dir+"/pid", "--ssl-cert="+cert, "--ssl-key="+key,
		"--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M")
	got := started(t, port, 3306, "mysql", "mysql", rootFile(t, dir, root), publicly(poolOf(root)))
	if !strings.Contains(got.Product, "MariaDB") {
		t.Errorf("%+v", got)
	}
}

// TestRealProsody: XMPP, for a domain that the server has, one that it has not, and none.
func TestRealProsody(t *testing.T) {
	prosody := program(t, "prosody", "prosody")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "xmpp", root.leaf(t, rsaKey(t, 2048)))
	p := freePorts(t, 2)
	conf := write(t, dir, "prosody.cfg.lua", fmt.Sprintf(`
run_as_root = true
data_path = "%[1]s"
pidfile = "%[1]s/pid"
log = "*console"
interfaces = { "127.0.0.1" }
c2s_ports = { %[2]d }
c2s_direct_tls_ports = { %[3]d }
modules_enabled = { "tls", "saslauth" }
modules_disabled = { "s2s", "http", "admin_telnet", "admin_shell" }
ssl = { certificate = "%[4]s", key = "%[5]s" }
VirtualHost "server.test"
  ssl = { certificate = "%[4]s", key = "%[5]s" }
`, dir, p[0], p[1], cert, key), 0o644)
	start(t, p, prosody, "-F", "--config", conf)
	got := ask(t, at(p[0]), onPort(5222), named("server.test"), publicly(poolOf(root)))
	if got.Identified != "xmpp" || got.TLS == nil || got.TLS.State != evidence.TLSOK || got.TLS.StartTLS != "xmpp" || got.Connections != 0 {
		t.Fatalf("%+v %+v", got, got.TLS)
	}
	agree(t, got.TLS, openssl(t, p[0], rootFile(t, dir, root), "server.test", "xmpp", "-xmpphost", "server.test"))
	got = ask(t, at(p[1]), onPort(5223), named("server.test"), publicly(poolOf(root)))
	if got.TLS == nil || got.TLS.State != evidence.TLSOK || got.TLS.StartTLS != "" {
		t.Errorf("TLS first: %+v %+v", got, got.TLS)
	}
	for _, name := range []string{"other.test", ""} {
		got = ask(t, at(p[0]), onPort(5222), named(name))
		if got.Identified != "xmpp" || got.TLS != nil || !has(got.Notes, evidence.NoteDomainUnknown) {
			t.Errorf("%q: %+v %+v", name, got, got.TLS)
		}
	}
}

// TestRealXRDP: RDP's negotiation, with TLS and with RDP's own encryption only.
func TestRealXRDP(t *testing.T) {
	xrdp := program(t, "xrdp", "xrdp")
	asRoot(t, "xrdp")
	root, dir := privateCA(t), room(t)
	cert, key := keep(t, dir, "rdp", root.leaf(t, rsaKey(t, 2048)))
	for _, tc := range []struct{ layer, note string }{{"tls", ""}, {"rdp", "starttls-not-offered"}} {
		p := freePorts(t, 1)
		conf := write(t, dir, tc.layer+".ini", fmt.Sprintf("[Globals]\nini_version=1\nfork=true\nport=tcp://127.0.0.1:%d\nsecurity_layer=%s\ncrypt_level=high\n"+
			"certificate=%s\nkey_file=%s\nssl_protocols=TLSv1.2, TLSv1.3\n[Logging]\nLogFile=%s/log\nEnableSyslog=false\n", p[0], tc.layer, cert, key, dir), 0o644)
		start(t, p, xrdp, "--nodaemon", "--config", conf)
		got := ask(t, at(p[0]), onPort(3389), named("server.test"), publicly(poolOf(root)))
		if got.Identified != "rdp" || got.TLS == nil || got.TLS.StartTLS != "rdp" ||
			tc.note == "" && got.TLS.State != evidence.TLSOK || tc.note != "" && !has(got.TLS.Notes, tc.note) {
			t.Errorf("%s: %+v %+v", tc.layer, got, got.TLS)
		}
	}
}

// TestRealSquid asks a server through a squid that opens TLS with a CA that only the "system" trusts.
func TestRealSquid(t *testing.T) {
	squid := program(t, "squid", "squid-openssl")
	certgen := program(t, "security_file_certgen", "squid-openssl")
	public, dir := privateCA(t), room(t)
	company := newCA(t, pkix.Name{CommonName: "Example Corp Proxy CA"}, nil)
	companyCert, companyKey := keep(t, dir, "company", tls.Certificate{Certificate: [][]byte{company.cert.Raw}, PrivateKey: company.key})
	origin := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{public.leaf(t, nil, func(c *x509.Certificate) { c.DNSNames = []string{"server.test"} })}}, nil)
	port := freePorts(t, 1)[0]
	db := filepath.Join(dir, "db")
	run(t, certgen, "-c", "-s", db, "-M", "4MB")
	owner := ""
	if os.Getuid() == 0 {
		chown(t, dir, "proxy")
		owner = "cache_effective_user proxy\n"
	}
	conf := write(t, dir, "squid.conf", owner+fmt.Sprintf(`
http_port 127.0.0.1:%[1]d ssl-bump tls-cert=%[2]s tls-key=%[3]s generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
sslcrtd_program %[4]s -s %[5]s -M 4MB
sslcrtd_children 1
acl step1 at_step SslBump1
ssl_bump peek step1
ssl_bump bump all
tls_outgoing_options cafile=%[6]s
sslproxy_cert_error allow all
http_access allow all
visible_hostname squid.test
pid_filename none
cache_log %[7]s/cache.log
access_log none
cache deny all
shutdown_lifetime 0 seconds
pinger_enable off
coredump_dir %[7]s
dns_nameservers 127.0.0.1
`, port, companyCert, companyKey, certgen, db, rootFile(t, dir, public), dir), 0o644)
	start(t, []int{port}, squid, "-n", fmt.Sprintf("whyport%d", os.Getpid()), "-N", "-f", conf, "-d", "1")
	through := func(ctx context.Context) (net.Conn, error) {
		return connectThrough(ctx, at(port).Addr().String(), origin.Addr().String())
	}
	first, err := through(t.Context())
	must(t, err)
	got := Ask(t.Context(), Request{
		To: at(443).Addr().(*net.TCPAddr).AddrPort(), ServerName: "server.test", Mode: "auto", First: first, Connected: time.Now(),
		Dial: through, Timeout: 8 * time.Second, System: poolOf(company, public), Public: poolOf(public),
	})
	want := evidence.Inspection{By: "Example Corp Proxy CA", Evidence: "system-only-root"}
	if got.TLS == nil || got.TLS.State != evidence.TLSOK || got.TLS.Inspection == nil || *got.TLS.Inspection != want {
		log, _ := os.ReadFile(filepath.Join(dir, "cache.log"))
		t.Fatalf("%+v %+v\n%s", got, got.TLS, log)
	}
	wantBool(t, "public", got.TLS.Verification.PublicTrusted, "false")
	// The same server without the proxy is not accused.
	if direct := ask(t, origin, named("server.test"), publicly(poolOf(public))); direct.TLS.Inspection != nil {
		t.Errorf("direct: %+v", direct.TLS.Inspection)
	}
}

// connectThrough opens a tunnel with CONNECT.
func connectThrough(ctx context.Context, proxy, to string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", proxy)
	if err != nil {
		return nil, err
	}
	if _, err = fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", to, to); err == nil {
		var answer *http.Response
		// Nothing follows the head until the client has spoken, so the reader holds nothing back.
		if answer, err = http.ReadResponse(bufio.NewReader(c), &http.Request{Method: http.MethodConnect}); err == nil && answer.StatusCode == 200 {
			return c, nil
		}
	}
	_ = c.Close()
	return nil, errors.Join(err, errors.New("the proxy refused"))
}
