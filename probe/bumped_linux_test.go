package probe

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

// squidProgram finds a program of Debian's squid-openssl, or skips the test.
func squidProgram(t *testing.T, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed (Debian: squid-openssl)", path)
	}
	return path
}

// bumping starts a squid on a node: what is redirected to its port 3128 it opens and signs again with ca; origin (PEM)
// is what it trusts itself.
func bumping(t *testing.T, l *lab.Lab, node string, ca *lab.CA, origin []byte) {
	t.Helper()
	squid, certgen := squidProgram(t, "/usr/sbin/squid"), squidProgram(t, "/usr/lib/squid/security_file_certgen")
	dir, err := os.MkdirTemp("", "whyport-squid-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	signer, trusted := put("signer.pem", string(ca.PEM())+string(ca.KeyPEM())), put("origin.pem", string(origin))
	hosts := put("hosts", fmt.Sprintf("%s www.example.org shop.example.net\n", l.Addr("server", 4)))
	if out, err := exec.Command(certgen, "-c", "-s", dir+"/db", "-M", "4MB").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	conf := put("squid.conf", fmt.Sprintf(`
https_port 3128 intercept ssl-bump tls-cert=%[1]s generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
http_port 3129 intercept
http_port 3130
sslcrtd_program %[2]s -s %[3]s/db -M 4MB
sslcrtd_children 1
acl step1 at_step SslBump1
ssl_bump peek step1
ssl_bump bump all
tls_outgoing_options cafile=%[4]s
acl forbidden port 5986
http_access deny forbidden
http_access allow all
visible_hostname proxy.example
hosts_file %[5]s
pid_filename none
cache_log %[3]s/cache.log
access_log none
cache deny all
cache_mem 8 MB
shutdown_lifetime 0 seconds
pinger_enable off
coredump_dir %[3]s
dns_nameservers 127.0.0.1
`, signer, certgen, dir, trusted, hosts))
	if out, err := exec.Command("chown", "-R", "65534:65534", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	name := fmt.Sprint("whyport", os.Getpid()) // of its shared memory, which other squids have, too
	cmd := l.CommandAt(context.Background(), node, squid, "-N", "-n", name, "-f", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(3*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		late.Stop()
		left, _ := filepath.Glob("/dev/shm/" + name + "-*")
		for _, f := range left {
			os.Remove(f)
		}
	})
	for range 100 {
		if log, _ := os.ReadFile(dir + "/cache.log"); strings.Contains(string(log), "SSL bumped HTTPS Socket connections") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	log, _ := os.ReadFile(dir + "/cache.log")
	t.Fatalf("squid does not listen: %s", log)
}

// TestBumpedByARealProxy: a squid on the way opens TLS of some ports. It is told from a company's own authority by
// what other ports and names show, and not before.
func TestBumpedByARealProxy(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	company, public := lab.NewCA(t, "Company Web Gateway", "Company"), lab.NewCA(t, "Public Root", "Public")
	serve := lab.TLS(public.Config(lab.Leaf{Names: []string{"www.example.org", "shop.example.net"}}),
		lab.HTTP(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, port := range []uint16{443, 8443, 9443, 5986} {
		l.Listen("server", port, serve)
	}
	bumping(t, l, "r2", company, public.PEM())
	l.Redirect("r2", "tcp dport { 443, 8443, 5986 }", 3128)
	target := func(name string, ports ...string) Target {
		to := targetOf(l.Addr("server", 4), ports...)
		to.ServerName = name
		return to
	}
	roots := append(company.PEM(), public.PEM()...)
	for _, tc := range []struct {
		name     string
		targets  []Target
		evidence string
	}{
		{"one name", []Target{target("www.example.org", "443", "8443")}, evidence.SystemOnlyRoot},
		{"names of two owners", []Target{target("www.example.org", "443"), target("shop.example.net", "443")}, evidence.UnrelatedNames},
		{"a port that nobody opens", []Target{target("www.example.org", "443", "8443", "9443")}, evidence.OtherPortPublic},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := execute(t, l, order{Targets: tc.targets, Roots: roots, Public: public.PEM()})
			for _, target := range r.Targets {
				for _, res := range target.Results {
					s := res.Port.Speech
					if s == nil || s.TLS == nil || s.TLS.State != evidence.TLSOK || !res.Verdict.Usable {
						t.Errorf("%d: %+v %+v", res.Port.Port, res.Verdict, *s.HTTP)
						continue
					}
					found := s.TLS.Inspection
					if res.Port.Port == 9443 {
						if found != nil {
							t.Errorf("9443 is accused: %+v", found)
						}
						continue
					}
					if found == nil || found.By != "Company Web Gateway" || found.Evidence != tc.evidence {
						t.Errorf("%d: %+v, want %s", res.Port.Port, found, tc.evidence)
					}
					if s.HTTP != nil && !strings.Contains(s.HTTP.Via, "proxy.example") {
						t.Errorf("%d: %+v", res.Port.Port, s.HTTP)
					}
				}
			}
		})
	}
	t.Run("what the proxy forbids", func(t *testing.T) {
		r := execute(t, l, order{Targets: []Target{target("www.example.org", "5986")}, Roots: roots, Public: public.PEM()})
		res := r.Targets[0].Results[0]
		if got := said(res.Verdict, nodeNames(l)); !strings.HasPrefix(got, "blocked/middlebox-answer likely") || res.Port.Speech.HTTP == nil || res.Port.Speech.HTTP.BlockPage != "Squid" {
			t.Errorf("%s, %+v", got, res.Port.Speech.HTTP)
		}
	})
}
