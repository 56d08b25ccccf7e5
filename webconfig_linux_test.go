package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"whyport/probe/lab"
)

// TestWebConfig: the exporter with a certificate of its own and a user, as exporter-toolkit's file has them.
func TestWebConfig(t *testing.T) {
	dir, ca := t.TempDir(), lab.NewCA(t, "Own", "")
	own := ca.Config(lab.Leaf{Names: []string{"localhost"}}).Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	write(t, filepath.Join(dir, "cert.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]})))
	hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "web.yml")
	write(t, config, "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\nbasic_auth_users: {scraper: "+string(hash)+"}\n")
	exporter, at := exporterAt(t, "--web-config", config)
	works := usablePort(t)

	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost"}}}
	ask := func(scheme, path, password string) (int, string) {
		r, err := http.NewRequest("GET", scheme+"://"+at+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if password != "" {
			r.SetBasicAuth("scraper", password)
		}
		answer, err := client.Do(r)
		if err != nil {
			return 0, err.Error()
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(body)
	}
	probe := "/probe?target=" + works
	for _, c := range []struct {
		scheme, path, password string
		status                 int
		says                   string
	}{
		{"https", probe, "secret", 200, "probe_success 1"},
		{"https", probe, "wrong", 401, ""}, {"https", probe, "", 401, ""},
		{"https", "/metrics", "wrong", 401, ""}, {"https", "/metrics", "secret", 200, "go_goroutines"},
		{"https", "/", "", 401, ""},
		{"http", probe, "secret", 400, "HTTPS"},
	} {
		status, body := ask(c.scheme, c.path, c.password)
		if status != c.status || !strings.Contains(body, c.says) || status != 200 && strings.Contains(body, "probe_success") {
			t.Errorf("%s %s with %q: %d, want %d with %q: %s", c.scheme, c.path, c.password, status, c.status, c.says, body)
		}
	}
	_ = exporter.Process.Signal(syscall.SIGTERM)
	exporter.ended(t, 10*time.Second, 0)
}

// TestBrokenWebConfig: what is wrong with the file is said, and nothing listens.
func TestBrokenWebConfig(t *testing.T) {
	dir := t.TempDir()
	for text, says := range map[string]string{
		"":                                      "no such file",
		"tls_server_config: [":                  "web.yml",
		"tls_server_conf: {}":                   "tls_server_conf",
		"tls_server_config: {cert_file: a.pem}": "key_file",
		"tls_server_config: {cert_file: a.pem, key_file: b.pem}": "a.pem",
		"basic_auth_users: {scraper: plain}":                     "",
	} {
		config := filepath.Join(dir, "web.yml")
		_ = os.Remove(config)
		if text != "" {
			write(t, config, text)
		}
		cmd := exec.Command("whyport", "exporter", "--listen", "127.0.0.1:0", "--web-config", config)
		var said bytes.Buffer
		cmd.Stderr = &said
		timer := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Run()
		timer.Stop()
		code, lines := cmd.ProcessState.ExitCode(), strings.Split(said.String(), "\n")
		if code != 2 || len(lines) != 3 || !strings.Contains(lines[0], "--web-config") || !strings.Contains(lines[0], says) ||
			!strings.HasPrefix(lines[1], "Instead: ") {
			t.Errorf("%q: exit code %d, want 2 with %q: %s", text, code, says, &said)
		}
	}
}
