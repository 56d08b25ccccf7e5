package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"whyport/probe/proxy/proxytest"
	"whyport/report/reporttest"
)

// speaksFirst is a server on a loopback address that greets.
func speaksFirst(t *testing.T, address string) (port string) {
	t.Helper()
	l, err := net.Listen("tcp4", address+":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.WriteString(c, "SSH-2.0-behind\r\n")
				io.Copy(io.Discard, c)
			}()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// proxied is what the tests look at in a report.
type proxied struct {
	Source  struct{ Proxy *string }
	Targets []struct {
		Summary    string
		Resolution struct {
			ByProxy bool `json:"by_proxy"`
		}
		Ports []struct {
			spoken
			Via *struct {
				Proxy, Outcome string
				Named          bool
				Status         int
				Auth           []string `json:"auth_schemes"`
				Sent           *string  `json:"login_scheme"`
			}
		}
	}
}

// withProxy runs the program with an environment of its own.
func withProxy(t *testing.T, env []string, args ...string) (doc proxied, code int, all string) {
	t.Helper()
	path, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, append(args, "--no-dns", "--json")...)
	cmd.Env = append(append(os.Environ(), "HOME="+t.TempDir()), env...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	if exit, is := err.(*exec.ExitError); is {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if code == 2 {
		return doc, code, errOut.String()
	}
	reporttest.Validate(t, out.Bytes())
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil || len(doc.Targets) == 0 {
		t.Fatalf("%v: %s%s", err, out.String(), errOut.String())
	}
	return doc, code, out.String() + errOut.String()
}

// TestRealProxy: the program through a squid, as a help desk runs it: names that only the proxy knows, a deny list, a login.
func TestRealProxy(t *testing.T) {
	proxytest.Needs(t, "squid", "squid-openssl")
	t.Parallel()
	dir, network := room(t), network()
	open, locked := proxytest.FreePort(t), proxytest.FreePort(t)
	hash, err := exec.Command("openssl", "passwd", "-apr1", "sesame").Output()
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "passwords"), "alice:"+string(hash))
	put(t, filepath.Join(dir, "login"), "alice:sesame\n")
	put(t, filepath.Join(dir, "wrong"), "alice:mellon\n")
	port := speaksFirst(t, network+"9")
	proxytest.Squid(t, nil, network+"9 server.example", fmt.Sprintf(`
dns_nameservers %[4]s
http_port 127.0.0.1:%[1]d
http_port 127.0.0.1:%[2]d name=locked
auth_param basic program /usr/lib/squid/basic_ncsa_auth %[3]s/passwords
acl locked myportname locked
acl user proxy_auth REQUIRED
acl forbidden port 5986
http_access deny forbidden
http_access deny locked !user
http_access allow all
`, open, locked, dir, proxytest.NoNames(t)))
	at := func(p uint16) string { return fmt.Sprintf("http://127.0.0.1:%d", p) }

	doc, code, _ := withProxy(t, nil, "server.example", "-p", port+",5986", "--proxy", at(open))
	ports := doc.Targets[0].Ports
	if code != 0 || *doc.Source.Proxy != at(open) || !doc.Targets[0].Resolution.ByProxy || len(ports) != 2 {
		t.Fatalf("exit code %d: %+v", code, doc)
	}
	if p := ports[0]; p.State != "open" || *p.Identified != "ssh" || p.Via.Outcome != "connected" || !p.Via.Named || !strings.Contains(p.Why, "through the proxy 127.0.0.1:") {
		t.Errorf("open: %+v", p)
	}
	if p := ports[1]; p.State != "blocked" || p.Reason != "proxy-denied" || p.Via.Status != 403 || !strings.Contains(p.Why, "HTTP 403") ||
		!strings.Contains(*p.NextStep, "whoever runs the proxy") {
		t.Errorf("denied: %+v", p)
	}
	doc, code, _ = withProxy(t, nil, "server.example", "-p", port, "--proxy", at(locked))
	if p := doc.Targets[0].Ports[0]; code != 1 || p.Reason != "proxy-auth-required" || len(p.Via.Auth) != 1 || p.Via.Sent != nil || !strings.Contains(p.Why, "Basic") {
		t.Errorf("no login: %d %+v", code, p)
	}
	for _, login := range [][]string{{"--proxy-login", dir + "/login"}, nil} {
		var env []string
		if login == nil {
			env = []string{"WHYPORT_PROXY_LOGIN=alice:sesame"}
		}
		doc, code, all := withProxy(t, env, append(login, "server.example", "-p", port, "--verbose", "--proxy", at(locked))...)
		if p := doc.Targets[0].Ports[0]; code != 0 || p.State != "open" || *p.Via.Sent != "Basic" {
			t.Errorf("login: %d %+v", code, p)
		}
		if strings.Contains(all, "sesame") || strings.Contains(all, "alice") || strings.Contains(all, "YWxp") {
			t.Errorf("the login is in the output: %s", all)
		}
	}
	doc, code, _ = withProxy(t, []string{"HTTPS_PROXY=http://alice:mellon@127.0.0.1:" + fmt.Sprint(locked)}, "server.example", "-p", port, "--proxy", "auto")
	if p := doc.Targets[0].Ports[0]; code != 1 || p.Reason != "proxy-auth-required" || *p.Via.Sent != "Basic" || *doc.Source.Proxy != at(locked) ||
		!strings.Contains(p.Why, "does not take") {
		t.Errorf("wrong login in the environment: %d %+v", code, p)
	}
	doc, _, _ = withProxy(t, []string{"HTTPS_PROXY=" + at(open), "NO_PROXY=" + network + "9"}, network+"9", "-p", port, "--proxy", "auto")
	if p := doc.Targets[0].Ports[0]; p.State != "open" || p.Via != nil || doc.Source.Proxy != nil {
		t.Errorf("NO_PROXY: %+v", p)
	}
	doc, code, _ = withProxy(t, nil, "server.example", "-p", port, "--proxy", fmt.Sprintf("socks5h://127.0.0.1:%d", proxytest.FreePort(t)))
	if p := doc.Targets[0].Ports[0]; code != 1 || p.Reason != "proxy-unreachable" || !strings.Contains(p.Why, "itself can't be reached") {
		t.Errorf("no proxy there: %d %+v", code, p)
	}
}
