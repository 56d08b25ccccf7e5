package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"whyport/probe/confine"
)

// TestSandboxedExporter: certificates are read again with each connection, and are replaced as Kubernetes does: ..data becomes a
// link to another folder. What the exporter was not told to read stays shut.
func TestSandboxedExporter(t *testing.T) {
	if !confine.Available().Confines() {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal(confine.Available())
		}
		t.Skip(confine.Available())
	}
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	certificate(t, filepath.Join(dir, "tls", "..1"), "first")
	certificate(t, filepath.Join(dir, "tls", "..2"), "second")
	certificate(t, secret, "secret")
	link(t, "..1", filepath.Join(dir, "tls", "..data"))
	link(t, "..data/tls.crt", filepath.Join(dir, "tls", "tls.crt"))
	link(t, "..data/tls.key", filepath.Join(dir, "tls", "tls.key"))
	web := filepath.Join(dir, "etc", "web.yml")
	putFile(t, web, "tls_server_config: {cert_file: ../tls/tls.crt, key_file: ../tls/tls.key}\n")

	address := exporterOf(t, web)
	if got := served(t, address); got != "first" {
		t.Fatalf("the certificate is %q", got)
	}
	link(t, "..2", filepath.Join(dir, "tls", "..data"))
	if got := served(t, address); got != "second" {
		t.Errorf("after it was replaced the certificate is %q", got)
	}
	putFile(t, web, "tls_server_config: {cert_file: "+secret+"/tls.crt, key_file: "+secret+"/tls.key}\n")
	if got := served(t, address); got == "secret" {
		t.Error("what was not named can be read")
	}
}

// exporterOf starts a confined exporter and says where it answers.
func exporterOf(t *testing.T, web string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "whyport")
	link(t, self, program)
	cmd := exec.CommandContext(t.Context(), program, "exporter", "--listen", "127.0.0.1:0", "--web-config", web)
	said, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if m := regexp.MustCompile(`answers at (\S+);`).FindStringSubmatch(lines.Text()); m != nil {
			go func() {
				for lines.Scan() {
				}
			}()
			return m[1]
		}
	}
	t.Fatal("the exporter ended")
	return ""
}

// served is the name of the certificate that a server has; "" where there is none.
func served(t *testing.T, address string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	c, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(ctx, "tcp", address)
	if err != nil {
		return ""
	}
	defer c.Close()
	return c.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName
}

// certificate puts tls.crt and tls.key into a folder.
func certificate(t *testing.T, dir, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: cert}, "tls.key": {Type: "PRIVATE KEY", Bytes: private}} {
		putFile(t, filepath.Join(dir, file), string(pem.EncodeToMemory(block)))
	}
}

func putFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// link puts a link into the place of another one.
func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name+".new"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}
