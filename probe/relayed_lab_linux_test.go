package probe

import (
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"whyport/probe/evidence"
	"whyport/probe/lab"
	"whyport/probe/proxy/proxytest"
)

// TestLargeRunThroughProxy: a large run asks for some ports through the proxy that the direct way does not reach: the web's among
// them, and no more than it may.
func TestLargeRunThroughProxy(t *testing.T) {
	t.Parallel()
	l, ca := office(t, "")
	target := targetOf(l.Addr("server", 4), append(portRange(1, 250), "443", "5986")...)
	target.ServerName = "www.example.org"
	run := execute(t, l, order{Targets: []Target{target}, Roots: ca.PEM(), Options: settings{Proxy: "http://" + net.JoinHostPort(l.Addr("r2", 4).String(), "3128")}})
	tr := &run.Targets[0]
	asked, all := 0, 0
	for r := range tr.All() {
		all++
		if r.Verdict.State != "filtered" || r.Port.Proxied != nil {
			t.Errorf("port %d direct: %+v", r.Port.Port, r.Verdict)
		}
		if r.Through != nil {
			asked++
		}
		switch got := saidThrough(r.Through); r.Port.Port {
		case 443, 22:
			if got != "open/syn-ack certain" {
				t.Errorf("port %d through the proxy: %s", r.Port.Port, got)
			}
		case 80:
			if !strings.HasPrefix(got, "closed/proxy-error") {
				t.Errorf("port %d through the proxy: %s", r.Port.Port, got)
			}
		case 5986: // above the well-known ones
			if got != "nothing" {
				t.Errorf("port %d through the proxy: %s", r.Port.Port, got)
			}
		}
	}
	if want := (Relayed{maxRelayed, 252 - maxRelayed}); all != 252 || asked != maxRelayed || tr.Relayed != want {
		t.Errorf("%d ports, %d asked for, %+v", all, asked, tr.Relayed)
	}
}

// TestNameThroughProxy: a plain run tests a name through the proxy that no name server here knows.
func TestNameThroughProxy(t *testing.T) {
	t.Parallel()
	server := nameServer(t)
	l, ca := office(t, "")
	bits := 32
	if server.Is6() {
		bits = 128
	}
	l.IP("client", fmt.Sprintf("addr add %s/%d dev lo\n", server, bits))
	l.ListenUDP("client", 53, func(q []byte) []byte {
		var m dnsmessage.Message
		if m.Unpack(q) != nil {
			return nil
		}
		m.Response, m.RCode, m.Additionals = true, dnsmessage.RCodeNameError, nil
		b, _ := m.Pack()
		return b
	})
	for _, large := range []bool{false, true} {
		ports := []string{"443", "5986"}
		if large {
			ports = append(ports, portRange(1000, 1150)...)
		}
		target := targetOf(netip.Addr{}, ports...)
		target.Input, target.Host, target.ServerName = "www.example.org", "www.example.org", "www.example.org"
		run := execute(t, l, order{Targets: []Target{target}, Roots: ca.PEM(), Options: settings{Proxy: "http://" + net.JoinHostPort(l.Addr("r2", 4).String(), "3128")}})
		got := map[uint16]string{}
		for r := range run.Targets[0].All() {
			got[r.Port.Port] = string(r.Verdict.Reason) + ", " + saidThrough(r.Through)
		}
		if got[443] != "name-not-found, open/syn-ack certain" || !large && !strings.HasPrefix(got[5986], "name-not-found, blocked/proxy-denied") {
			t.Errorf("large %v: 443: %s; 5986: %s", large, got[443], got[5986])
		}
	}
}

// TestInspectingProxy: a proxy that opens the TLS of its tunnels is found out by two names of different owners.
func TestInspectingProxy(t *testing.T) {
	t.Parallel()
	certgen := squidProgram(t, "/usr/lib/squid/security_file_certgen")
	proxytest.Needs(t, "squid", "squid-openssl")
	l := lab.New(t)
	company, public := lab.NewCA(t, "Company Web Gateway", "Company"), lab.NewCA(t, "Public Root", "Public")
	l.Listen("server", 443, lab.TLS(public.Config(lab.Leaf{Names: []string{"www.example.org", "shop.example.net"}}), greeting))
	dir := proxytest.Room(t)
	signer := proxytest.Put(t, dir, "signer.pem", string(company.PEM())+string(company.KeyPEM()))
	origin := proxytest.Put(t, dir, "origin.pem", string(public.PEM()))
	if out, err := exec.Command(certgen, "-c", "-s", dir+"/db", "-M", "4MB").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := exec.Command("chmod", "-R", "a+rwX", dir+"/db").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	proxytest.Squid(t, func(name string, args ...string) *exec.Cmd { return l.CommandAt(t.Context(), "r2", name, args...) },
		l.Addr("server", 4).String()+" www.example.org shop.example.net", fmt.Sprintf(`
dns_nameservers 127.0.0.1
http_port 3128 ssl-bump tls-cert=%[1]s generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
sslcrtd_program %[2]s -s %[3]s/db -M 4MB
sslcrtd_children 1
acl step1 at_step SslBump1
ssl_bump peek step1
ssl_bump bump all
tls_outgoing_options cafile=%[4]s
http_access allow all
`, signer, certgen, dir, origin))
	var targets []Target
	for _, name := range []string{"www.example.org", "shop.example.net"} {
		target := targetOf(netip.Addr{}, "443")
		target.Input, target.Host, target.ServerName = name, name, name
		targets = append(targets, target)
	}
	run := execute(t, l, order{Targets: targets, Roots: append(company.PEM(), public.PEM()...), Public: public.PEM(), Options: settings{
		Proxy: "http://" + net.JoinHostPort(l.Addr("r2", 4).String(), "3128"), ProxyOnly: true}})
	for i := range run.Targets {
		p := run.Targets[i].Results[0].Port
		if p.Speech == nil || p.Speech.TLS == nil || p.Speech.TLS.Inspection == nil {
			t.Errorf("%s: %+v", targets[i].Host, p.Proxied)
			continue
		}
		if found := p.Speech.TLS.Inspection; found.By != "Company Web Gateway" || found.Evidence != evidence.UnrelatedNames {
			t.Errorf("%s: %+v", targets[i].Host, found)
		}
	}
}
