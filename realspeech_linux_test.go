package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"whyport/report/reporttest"
)

// room is a directory that servers with users of their own can enter.
func room(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "whyport-real-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// needs finds real servers' programs, or skips the test and says which Debian package has it.
func needs(t *testing.T, name, debian string) string {
	t.Helper()
	why := ""
	if os.Getuid() != 0 {
		why = "servers on well-known ports have to be started by root"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			why = name + " is not installed (Debian: " + debian + ")"
		}
	}
	if why != "" && os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
		t.Fatal(why)
	}
	if why != "" {
		t.Skip(why)
	}
	return path
}

// signer is a CA, or a certificate with its key.
type signer struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// issue makes a certificate; by nil signs it with its own key.
func issue(t *testing.T, by *signer, key crypto.Signer, template x509.Certificate) *signer {
	t.Helper()
	if key == nil {
		var err error
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	template.SerialNumber = big.NewInt(mathrand.Int64())
	if template.NotBefore.IsZero() {
		template.NotBefore = time.Now().Add(-72 * time.Hour)
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().AddDate(0, 0, 90)
	}
	parent := &signer{&template, key}
	if by != nil {
		parent = by
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent.cert, key.Public(), parent.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{cert, key}
}

func authority(t *testing.T, by *signer, name string) *signer {
	return issue(t, by, nil, x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
}

func named(name string) x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
}

// keep writes a chain and the first one's key.
func keep(t *testing.T, dir, name string, chain ...*signer) (cert, key string) {
	t.Helper()
	var all bytes.Buffer
	for _, c := range chain {
		pem.Encode(&all, &pem.Block{Type: "CERTIFICATE", Bytes: c.cert.Raw})
	}
	der, err := x509.MarshalPKCS8PrivateKey(chain[0].key)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	put(t, cert, all.String())
	put(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return cert, key
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// background runs a server until the test ends, and waits for one of its ports.
func background(t *testing.T, address, name string, args ...string) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &said, &said, time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(3 * time.Second):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	})
	for range 200 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended: %s", name, said.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("nothing listens on %s", address)
}

// spoken is what the tests look at in a port's report.
type spoken struct {
	State, Reason, Why, Finding string
	Usable                      *bool
	NextStep                    *string `json:"next_step"`
	Identified, Product         *string
	Duration                    float64 `json:"duration_ms"`
	Notes                       []struct{ Code, Sentence string }
	TLS                         *struct {
		State, Version, Alert string
		Cipher                string `json:"cipher_suite"`
		Notes                 []string
		Certificate           *struct{ SHA256 string }
		Verification          *struct{ Error *string }
		Inspection            *struct{ By, Evidence string }
	}
}

// whyport runs the program on one port and gives back what it says of it; roots is what the computer trusts.
func whyport(t *testing.T, roots string, args ...string) spoken {
	t.Helper()
	out := output(t, roots, append(args, "--json")...)
	reporttest.Validate(t, out)
	var doc struct{ Targets []struct{ Ports []spoken } }
	if err := json.Unmarshal(out, &doc); err != nil || len(doc.Targets) != 1 || len(doc.Targets[0].Ports) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return doc.Targets[0].Ports[0]
}

func output(t *testing.T, roots string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, append(args, "--no-dns")...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+roots, "SSL_CERT_DIR=/nonexistent", "COLUMNS=100", "HOME="+t.TempDir())
	out, err := cmd.Output()
	if ended, exited := errors.AsType[*exec.ExitError](err); err != nil && (!exited || ended.ExitCode() == 2 || ended.ExitCode() > 3) {
		said := ""
		if exited { // 2 is Go's own code of a panic, too
			said = string(ended.Stderr)
		}
		t.Fatalf("%v: %v %s %s", args, err, out, said)
	}
	return out
}

// network is a prefix of loopback addresses that no other run uses.
func network() string { return fmt.Sprintf("127.%d.%d.", 16+mathrand.IntN(200), mathrand.IntN(255)) }

func TestRealServersWithTLS(t *testing.T) {
	nginx := needs(t, "nginx", "nginx-light")
	t.Parallel()
	dir, net := room(t), network()
	root := authority(t, nil, "Example Corp Root")
	middle := authority(t, root, "Example Corp Issuing")
	small, err := rsa.GenerateKey(rand.Reader, 512)
	if err != nil {
		t.Fatal(err)
	}
	medium, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	roots, _ := keep(t, dir, "root", root)
	leaf := func(name string) *signer { return issue(t, root, nil, named(name)) }
	expired, soon := named("server.test"), named("server.test")
	expired.NotBefore, expired.NotAfter = time.Now().Add(-90*24*time.Hour), time.Now().Add(-36*time.Hour)
	soon.NotAfter = time.Now().Add(5*24*time.Hour + time.Hour)
	negative := room(t) // crypto/x509 makes no such certificate
	if out, err := exec.Command(needs(t, "openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9", "-set_serial", "-17",
		"-subj", "/CN=server.test", "-addext", "subjectAltName=DNS:server.test", "-keyout", negative+"/key", "-out", negative+"/crt").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := exec.Command(needs(t, "openssl", "openssl"), "dhparam", "-dsaparam", "-out", negative+"/dh", "2048").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}

	cases := []struct {
		name  string
		chain []*signer
		conf  string
		state string // of TLS
		err   string
		use   bool
		want  []string // parts of all that is said
	}{
		{"self-signed printer", []*signer{issue(t, nil, medium, x509.Certificate{Subject: pkix.Name{CommonName: "NPI3F2A10"}, DNSNames: []string{"server.test"}})}, "", "untrusted", "self-signed", true,
			[]string{"The certificate is self-signed: no known authority signed it", "If the device is your own"}},
		{"expired", []*signer{issue(t, root, nil, expired)}, "", "untrusted", "expired", false, []string{"expired 2 days ago", "renew"}},
		{"expires soon", []*signer{issue(t, root, nil, soon)}, "", "ok", "", true, []string{"expires in 5 days"}},
		{"chain with a gap", []*signer{issue(t, middle, nil, named("server.test"))}, "", "untrusted", "missing-intermediate", true, []string{"Example Corp Issuing", "unless that is a company's own authority"}},
		{"whole chain", []*signer{issue(t, middle, nil, named("server.test")), middle}, "", "ok", "", true, []string{"Example Corp Root", "a company's own authority, or a device"}},
		{"wrong name", []*signer{leaf("intranet.test")}, "", "untrusted", "wrong-name", false, []string{"is for intranet.test, not for server.test"}},
		{"unknown authority", []*signer{issue(t, authority(t, nil, "Other Root"), nil, named("server.test")), authority(t, nil, "Other Root")}, "", "untrusted", "", true, []string{"Other Root"}},
		{"TLS 1.0 only", []*signer{issue(t, root, medium, named("server.test"))}, "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;", "ok", "", true, []string{"TLS 1.0", "old version"}},
		{"TLS 1.1 only", []*signer{issue(t, root, medium, named("server.test"))}, "ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;", "ok", "", true, []string{"TLS 1.1", "old version"}},
		{"TLS 1.2 and an old suite", []*signer{issue(t, root, medium, named("server.test"))}, "ssl_protocols TLSv1.2; ssl_ciphers AES128-SHA;", "ok", "", true, []string{"too weak for many programs"}},
		{"TLS 1.3 only", []*signer{leaf("server.test")}, "ssl_protocols TLSv1.3;", "ok", "", true, nil},
		{"client certificate", []*signer{leaf("server.test")}, "ssl_verify_client on; ssl_client_certificate " + roots + ";", "ok", "", true, []string{"client certificate"}},
		{"RSA 512", []*signer{issue(t, root, small, named("server.test"))}, "ssl_protocols TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;", "untrusted", "weak", false, []string{"too weak for today's programs"}},
		{"DHE only", []*signer{issue(t, root, medium, named("server.test"))}, "ssl_protocols TLSv1.2; ssl_ciphers kDHE; ssl_dhparam " + negative + "/dh;", "failed", "", false,
			[]string{"TLS 1.2, but picks what this test and many programs don't have: cipher suite TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "Try the real application"}},
		{"name refused", []*signer{leaf("other.test")}, "ssl_reject_handshake on;", "alert", "", false, []string{"does not know the name server.test"}},
	}
	var conf strings.Builder
	for i, c := range cases {
		cert, key := keep(t, dir, fmt.Sprint("case", i), c.chain...)
		fmt.Fprintf(&conf, "server { listen %s%d:443 ssl; ssl_certificate %s; ssl_certificate_key %s; %s return 200 ok; }\n", net, i+1, cert, key, c.conf)
	}
	fmt.Fprintf(&conf, "server { listen %s200:22; return 302 http://login.hotel.test/; }\n", net)
	fmt.Fprintf(&conf, "server { listen %s200:443; return 200 plain; }\n", net)
	fmt.Fprintf(&conf, "server { listen %s201:443 ssl; ssl_certificate %s/crt; ssl_certificate_key %[2]s/key; return 200 ok; }\n", net, negative)
	put(t, dir+"/nginx.conf", "user root; daemon off; worker_processes 1; pid "+dir+"/pid; error_log "+dir+"/error.log;\nevents {}\nhttp { access_log off; client_body_temp_path "+
		dir+"/b; proxy_temp_path "+dir+"/p; fastcgi_temp_path "+dir+"/f; uwsgi_temp_path "+dir+"/u; scgi_temp_path "+dir+"/s;\n"+conf.String()+"}\n")
	background(t, net+"1:443", nginx, "-p", dir, "-c", dir+"/nginx.conf", "-e", dir+"/error.log")
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			address := fmt.Sprint(net, i+1)
			got := whyport(t, roots, address, "-p", "443", "--server-name", "server.test")
			if got.TLS == nil || got.TLS.State != c.state || got.State != "open" || got.Usable == nil || *got.Usable != c.use {
				t.Fatalf("%+v %+v", got, got.TLS)
			}
			if c.err != "" && (got.TLS.Verification.Error == nil || *got.TLS.Verification.Error != c.err) {
				t.Errorf("error %v, want %s", got.TLS.Verification.Error, c.err)
			}
			if got.Duration > 1000 {
				t.Errorf("took %.0f ms", got.Duration)
			}
			says(t, got, c.want...)
			if got.TLS.Certificate != nil {
				sum := sha256.Sum256(c.chain[0].cert.Raw)
				if got.TLS.Certificate.SHA256 != hex.EncodeToString(sum[:]) {
					t.Errorf("another certificate: %+v", got.TLS.Certificate)
				}
				besideOpenSSL(t, address, roots, got)
			}
		})
	}
	t.Run("negative serial number", func(t *testing.T) {
		got := whyport(t, roots, net+"201", "-p", "443", "--server-name", "server.test")
		if got.TLS == nil || got.TLS.State != "untrusted" || *got.TLS.Verification.Error != "self-signed" {
			t.Errorf("%+v %+v", got, got.TLS)
		}
	})
	t.Run("HTTP on 22", func(t *testing.T) {
		got := whyport(t, roots, net+"200", "-p", "22")
		if got.State != "open" || got.Reason != "syn-ack" || *got.Usable {
			t.Errorf("%+v", got)
		}
		says(t, got, "usual service is SSH, but what answers is HTTP")
	})
	t.Run("HTTP on 443", func(t *testing.T) {
		got := whyport(t, roots, net+"200", "-p", "443")
		if got.State != "open" || *got.Usable {
			t.Errorf("%+v", got)
		}
		says(t, got, "asked for encryption (TLS) but answers with HTTP (nginx")
	})
}

// besideOpenSSL compares the session with what openssl s_client says of the same server.
func besideOpenSSL(t *testing.T, address, roots string, got spoken) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out, _ := exec.CommandContext(ctx, needs(t, "openssl", "openssl"), "s_client", "-connect", address+":443", "-servername", "server.test", "-verify_hostname", "server.test",
		"-CAfile", roots, "-cipher", "ALL:@SECLEVEL=0").CombinedOutput()
	version := map[string]string{"TLS 1.0": "TLSv1", "TLS 1.1": "TLSv1.1", "TLS 1.2": "TLSv1.2", "TLS 1.3": "TLSv1.3"}[got.TLS.Version]
	if !bytes.Contains(out, []byte("Protocol  : "+version+"\n")) && !bytes.Contains(out, []byte("New, "+version+", ")) {
		t.Errorf("we: %s, openssl: %s", got.TLS.Version, out)
	}
	codes := map[string][]string{
		"": {"(ok)"}, "self-signed": {"18 (self"}, "expired": {"10 (cert"}, "wrong-name": {"62 (host"}, "weak": {"(ok)", "66 (EE"},
		"missing-intermediate": {"20 (unable", "21 (unable"}, "unknown-authority": {"19 (self", "20 (unable", "21 (unable"},
	}
	code := ""
	if v := got.TLS.Verification; v != nil && v.Error != nil {
		code = *v.Error
	}
	if !slices.ContainsFunc(codes[code], func(c string) bool { return bytes.Contains(out, []byte(c)) }) {
		t.Errorf("we: %q, openssl: %s", code, out)
	}
}

// says looks for pieces in all that is said of a port.
func says(t *testing.T, p spoken, want ...string) {
	t.Helper()
	all := p.Finding + "|" + p.Why
	if p.NextStep != nil {
		all += "|" + *p.NextStep
	}
	for _, n := range p.Notes {
		all += "|" + n.Sentence
	}
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("%q is not in: %s", w, all)
		}
	}
}

func TestRealSSHOn443(t *testing.T) {
	sshd, keygen := needs(t, "sshd", "openssh-server"), needs(t, "ssh-keygen", "openssh-client")
	t.Parallel()
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		t.Fatal(err)
	}
	dir, address := room(t), network()+"1"
	if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", dir+"/host").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	put(t, dir+"/conf", fmt.Sprintf("ListenAddress %[1]s:443\nListenAddress %[1]s:22\nHostKey %[2]s/host\nPidFile none\nUsePAM no\nVersionAddendum odd\n", address, dir))
	background(t, address+":443", sshd, "-D", "-e", "-f", dir+"/conf")
	got := whyport(t, "/dev/null", address, "-p", "443")
	if got.State != "open" || *got.Usable {
		t.Errorf("%+v", got)
	}
	says(t, got, "usual service is HTTPS, but what answers is SSH (OpenSSH_")
	if got = whyport(t, "/dev/null", address, "-p", "22"); !*got.Usable || got.TLS != nil {
		t.Errorf("%+v", got)
	}
}

func TestRealFTP(t *testing.T) {
	vsftpd := needs(t, "vsftpd", "vsftpd")
	t.Parallel()
	dir, address := room(t), network()+"1"
	if err := os.MkdirAll(dir+"/empty", 0o755); err != nil {
		t.Fatal(err)
	}
	conf := "listen=YES\nlisten_address=%s\nanonymous_enable=YES\nlocal_enable=NO\nsecure_chroot_dir=%s/empty\nanon_root=%s/empty\nbackground=NO\nseccomp_sandbox=NO\n%s"
	put(t, dir+"/conf", fmt.Sprintf(conf, address, dir, dir, ""))
	background(t, address+":21", vsftpd, dir+"/conf")
	got := whyport(t, "/dev/null", address, "-p", "21")
	if got.State != "open" || !*got.Usable || got.Identified == nil || *got.Identified != "ftp" {
		t.Errorf("%+v", got)
	}
	says(t, got, "second connection for data (passive mode), which can't be tested without logging in", "STARTTLS")
}
