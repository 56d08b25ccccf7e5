//go:build unix

package speak

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// program finds a real server, or skips the test and says which Debian package has it.
func program(t *testing.T, name, debian string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin", "/usr/lib/squid") {
		if p := filepath.Join(dir, name); executable(p) {
			return p
		}
	}
	missing(t, name+" is not installed (Debian: "+debian+")")
	return ""
}

func executable(p string) bool {
	info, err := os.Stat(p)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}

// missing skips, or fails where nothing may be skipped.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// asRoot skips a test whose server changes its user.
func asRoot(t *testing.T, name string) {
	t.Helper()
	if os.Getuid() != 0 {
		missing(t, name+" has to be started by root")
	}
}

// freePorts are n ports of 127.0.0.1 on which nothing listened a moment ago.
func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// room is a directory that servers with users of their own can enter, too; t.TempDir is not.
func room(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "whyport-real-")
	must(t, err)
	must(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// write puts a file into dir.
func write(t *testing.T, dir, name, text string, mode os.FileMode) string {
	t.Helper()
	p := filepath.Join(dir, name)
	must(t, os.WriteFile(p, []byte(text), mode))
	must(t, os.Chmod(p, mode))
	return p
}

// keep writes a certificate chain and its key.
func keep(t *testing.T, dir, name string, c tls.Certificate) (cert, key string) {
	t.Helper()
	var chain strings.Builder
	for _, der := range c.Certificate {
		must(t, pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	must(t, err)
	secret := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return write(t, dir, name+".crt", chain.String(), 0o644), write(t, dir, name+".key", string(secret), 0o644)
}

// chown gives a path to a user; to the one who runs the test where there is none of that name.
func chown(t *testing.T, p, name string) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		missing(t, "no user "+name)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	must(t, filepath.Walk(p, func(p string, _ os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(p, uid, gid)
	}))
}

// start runs a server in the foreground, in a process group of its own, until the test is over, and
// waits for its ports.
func start(t *testing.T, ports []int, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = ownGroup()
	cmd.WaitDelay = time.Second
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(3 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	})
	for _, port := range ports {
		awaitPort(t, port, ended, &said)
	}
}

func awaitPort(t *testing.T, port int, ended chan struct{}, said *bytes.Buffer) {
	t.Helper()
	for range 200 {
		c, err := net.Dial("tcp", at(port).Addr().String())
		if err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("the server ended: %s", said)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("nothing listens on %d after 10 s", port)
}

// at makes a port of 127.0.0.1 look like a listener to ask.
type at int

func (p at) Addr() net.Addr            { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(p)} }
func (p at) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (p at) Close() error              { return nil }

// opinion is what openssl s_client says of a server.
type opinion struct {
	sha256, version, suite string
	code                   int // of the verification, X509_V_ERR_...
	clientCert             bool
}

// s_client asks openssl about the same server.
func openssl(t *testing.T, port int, root, name, startTLS string, more ...string) opinion {
	t.Helper()
	args := append([]string{"s_client", "-connect", "127.0.0.1:" + strconv.Itoa(port), "-CAfile", root}, more...)
	if name != "" {
		args = append(args, "-servername", name, "-verify_hostname", name)
	}
	if startTLS != "" {
		args = append(args, "-starttls", startTLS)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t, "openssl", "openssl"), args...)
	out, _ := cmd.CombinedOutput() // fails where the server closes first
	var o opinion
	if block, _ := pem.Decode(out[max(bytes.Index(out, []byte("-----BEGIN CERT")), 0):]); block != nil {
		sum := sha256.Sum256(block.Bytes)
		o.sha256 = hex.EncodeToString(sum[:])
	}
	if m := regexp.MustCompile(`(?m)^New, (\S+), Cipher is (\S+)`).FindSubmatch(out); m != nil {
		o.suite = string(m[2])
	}
	if m := regexp.MustCompile(`(?m)^ *Protocol *: (\S+)$|^New, (TLSv1.3), `).FindSubmatch(out); m != nil {
		// "TLSv1" is 1.0.
		o.version = strings.Replace(string(m[1])+string(m[2]), "TLSv", "TLS ", 1)
		if o.version == "TLS 1" {
			o.version = "TLS 1.0"
		}
	}
	if m := regexp.MustCompile(`Verif(?:y return code|ication): ?(?:error: )?(\d+)? ?`).FindSubmatch(out); m != nil && len(m[1]) > 0 {
		o.code, _ = strconv.Atoi(string(m[1]))
	} else if m := regexp.MustCompile(`verify error:num=(\d+)`).FindSubmatch(out); m != nil {
		o.code, _ = strconv.Atoi(string(m[1]))
	}
	o.clientCert = bytes.Contains(out, []byte("Client Certificate Types:")) || bytes.Contains(out, []byte("Acceptable client certificate"))
	if o.sha256 == "" {
		t.Logf("openssl said: %s", out)
	}
	return o
}

// opensslCodes are the X509_V_ERR numbers that say the same as our codes.
var opensslCodes = map[string][]int{
	"": {0}, "expired": {10}, "not-yet-valid": {9}, "wrong-name": {62}, "self-signed": {18},
	"missing-intermediate": {20, 21}, "unknown-authority": {19, 20, 21}, "revoked": {0}, "weak": {66, 67, 68},
}

// agree compares our facts with openssl's.
func agree(t *testing.T, got *evidence.TLS, o opinion) {
	t.Helper()
	if got == nil || got.Certificate == nil || got.Verification == nil {
		t.Fatalf("no certificate: %+v", got)
	}
	if got.Certificate.SHA256 != o.sha256 {
		t.Errorf("certificate %s, openssl has %s", got.Certificate.SHA256, o.sha256)
	}
	if got.Version != o.version {
		t.Errorf("version %q, openssl %q", got.Version, o.version)
	}
	for _, code := range opensslCodes[got.Verification.Error] {
		if code == o.code {
			return
		}
	}
	t.Errorf("error %q, openssl %d", got.Verification.Error, o.code)
}

// rootFile writes a CA's certificate for openssl and for servers.
func rootFile(t *testing.T, dir string, ca *authority) string {
	t.Helper()
	return write(t, dir, strings.ReplaceAll(ca.cert.Subject.CommonName, " ", "-")+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})), 0o644)
}
