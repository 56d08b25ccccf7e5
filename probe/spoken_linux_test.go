package probe

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

// spokenCase is one server and what is said of its port.
type spokenCase struct {
	port   uint16
	expect Expect
	serve  lab.Handler
	want   string // as said() writes it
	rule   string
	usable bool
}

// mailWith is a mail server that offers an extension, or none, and refuses STARTTLS.
func mailWith(extension string) lab.Handler {
	return lab.Dialogue("220 mail.example ESMTP Postfix\r\n", func(line string) string {
		switch verb, _, _ := strings.Cut(line, " "); verb {
		case "EHLO":
			return "250-mail.example\r\n" + extension + "250 8BITMIME\r\n"
		case "STARTTLS":
			return "454 4.7.0 TLS not available due to local problem\r\n"
		}
		return "500 what?\r\n"
	})
}

// stall answers a ClientHello with the beginning of a TLS record and no more, as where full-size packets are lost.
func stall(c net.Conn) {
	c.Read(make([]byte, 1<<14))
	c.Write([]byte{0x16, 3, 3, 0x10, 0, 2})
	lab.Hold(c)
}

func TestSpoken(t *testing.T) {
	t.Parallel()
	ca := lab.NewCA(t, "Lab Root", "Lab")
	good := func() *tls.Config { return ca.Config(lab.Leaf{Names: []string{"true.example"}}) }
	changed := func(f func(*tls.Config)) lab.Handler { c := good(); f(c); return lab.TLS(c, lab.Hold) }
	page := lab.HTTP(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	ssh := lab.Banner("SSH-2.0-OpenSSH_9.2p1 Debian\r\n")
	stranger := lab.NewCA(t, "Stranger", "").Config(lab.Leaf{Names: []string{"true.example"}})
	const works, mute = "open/syn-ack certain", "unknown/%s likely; nothing-spoke"
	cases := []spokenCase{
		{443, "", lab.TLS(good(), lab.Hold), works, "tls-completed", true},
		{8443, "", lab.TLS(stranger, lab.Hold), works, "tls-completed", true}, // an unknown issuer is a warning
		{636, "", lab.TLS(ca.Config(lab.Leaf{Names: []string{"true.example"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour)}), lab.Hold), works, "certificate-refused", false},
		{993, "", lab.TLS(ca.Config(lab.Leaf{Names: []string{"other.example"}}), lab.Hold), works, "certificate-refused", false},
		{5986, "", changed(func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 }), works, "client-certificate-wanted", true},
		{6443, "", changed(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }), works, "tls-completed", true},
		{2376, "", changed(func(c *tls.Config) {
			c.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
				if h.ServerName != "" {
					return nil, fmt.Errorf("unknown name") // alert internal_error
				}
				return nil, nil
			}
		}), works, "tls-alert", false},
		{990, "", stall, works, "tls-faulty", false},
		{8883, "", page, works, "plain-for-tls", false},
		{9443, "", ssh, works, "plain-for-tls", false},
		{5671, "", lab.Hold, fmt.Sprintf(mute, "tls-no-response"), "asked-but-mute", false},
		{5061, "", func(c net.Conn) { c.Read(make([]byte, 1<<14)) }, fmt.Sprintf(mute, "tls-eof"), "asked-but-mute", false},
		{6514, "", func(c net.Conn) { c.Read(make([]byte, 1<<14)); lab.Reset(c) }, fmt.Sprintf(mute, "tls-reset"), "asked-but-mute", false},
		{22, "", ssh, works, "spoke", true},
		{80, "", page, works, "spoke", true},
		{2000, "", lab.TLS(good(), lab.Hold), works, "tls-completed", true},
		{2001, "", lab.Hold, "open/syn-ack likely; nothing-spoke", "connected-no-tls", true},
		{2002, ExpectSSH, page, works, "not-ssh", false},
		{2003, ExpectSSH, lab.Hold, fmt.Sprintf(mute, "syn-ack"), "asked-but-mute", false},
		{2004, ExpectPlain, page, works, "spoke", true},
		{2005, ExpectTLS, page, works, "plain-for-tls", false},
		{2222, "", page, works, "spoke", true},
		{3306, "", page, works, "spoke", true},
		{587, ExpectStartTLS, mailWith(""), works, "starttls-not-offered", false},
		{25, ExpectStartTLS, mailWith("250-STARTTLS\r\n"), works, "starttls-refused", false},
		{110, "", lab.Banner("+OK ready\r\n"), works, "spoke", true},
		{9100, "", lab.Hold, "open/syn-ack likely", "listened-only", true},
	}
	l := lab.New(t)
	var ports []string
	for _, c := range cases {
		l.Listen("server", c.port, c.serve)
		ports = append(ports, fmt.Sprint(c.port))
	}
	order := order{Roots: ca.PEM(), Options: settings{ServerName: "true.example"}}
	for _, family := range []int{4, 6} {
		target := targetOf(l.Addr("server", family), ports...)
		for i, c := range cases {
			target.Candidates[i].Expect = c.expect
		}
		order.Targets = append(order.Targets, target)
	}
	r := execute(t, l, order)
	names := nodeNames(l)
	for i := range r.Targets {
		for _, res := range r.Targets[i].Results {
			c := cases[res.Candidate]
			if got := said(res.Verdict, names); got != c.want || res.Verdict.Rule != c.rule || res.Verdict.Usable != c.usable {
				t.Errorf("port %d:\n got %s by %s, usable %v\nwant %s by %s, usable %v\n%+v %+v", c.port, got, res.Verdict.Rule,
					res.Verdict.Usable, c.want, c.rule, c.usable, res.Port.Speech, res.Port.Speech.TLS)
			}
			if late := c.expect == ExpectSSH; res.Port.Elapsed > 8*time.Second && !late || res.Port.Elapsed > 15*time.Second {
				t.Errorf("port %d took %v", c.port, res.Port.Elapsed)
			}
		}
	}
	asked := func(port uint16) *evidence.TLS {
		for _, res := range r.Targets[0].Results {
			if res.Port.Port == port {
				return res.Port.Speech.TLS
			}
		}
		return nil
	}
	if got := asked(6443); !slices.Contains(got.Notes, evidence.NoteClientCertRequired) || got.Alert != "certificate_required" {
		t.Errorf("client certificate in TLS 1.3: %+v", got)
	}
}

// replayed is a connection whose beginning was read already.
type replayed struct {
	net.Conn
	all io.Reader
}

func (r *replayed) Read(b []byte) (int, error) { return r.all.Read(b) }

// largeHello matches the packet in which a ClientHello of more than one packet begins, however small the packet is.
func largeHello(p *lab.Packet) bool {
	return len(p.Payload) > 5 && p.Payload[0] == 0x16 && binary.BigEndian.Uint16(p.Payload[3:5]) > 1000
}

// TestDevicesThatChooseHellos has a device between r1 and r2 that looks into what follows the handshake of TCP.
func TestDevicesThatChooseHellos(t *testing.T) {
	for _, c := range []struct {
		name  string
		setup func(l *lab.Lab)
		want  string
		rule  string
	}{
		{"large hello dropped", func(l *lab.Lab) { l.Wire("r1", "r2").Loss(1, lab.Data, lab.From("r1"), largeHello) },
			"blocked/tls-no-response likely, unknown possible", "big-hello-dropped"},
		{"large packets lost on the way there", func(l *lab.Lab) { l.Wire("r1", "r2").Loss(1, lab.Data, lab.From("r1"), lab.LongerThan(1000)) },
			"blocked/tls-no-response likely, unknown possible", "large-packets-lost"},
		{"large packets lost both ways", func(l *lab.Lab) { l.Wire("r1", "r2").Loss(1, lab.Data, lab.LongerThan(700)) },
			"blocked/tls-no-response likely, unknown possible", "large-packets-lost"},
		{"large hello reset", func(l *lab.Lab) { l.Wire("r1", "r2").ResetOn(0, lab.Data, lab.From("r1"), lab.LongerThan(1000)) },
			"blocked/tls-reset likely, unknown possible", "big-hello-dropped"},
		{"true name reset near", func(l *lab.Lab) { l.Wire("r1", "r2").ResetOn(0, lab.Contains("true.example")) },
			"blocked/sni-reset likely, local-network 1+ r1 possible", "inspected-name"},
		{"true name reset by the server", func(l *lab.Lab) { l.Redirect("server", "tcp dport 443", 4430) },
			"blocked/sni-reset likely, unknown possible", "inspected-name"},
		{"true name dropped", func(l *lab.Lab) { l.Wire("r2", "r3").Loss(1, lab.Contains("true.example")) },
			"blocked/sni-no-response likely, unknown possible", "inspected-name-silent"},
		{"every hello reset near", func(l *lab.Lab) { l.Wire("r1", "r2").ResetOn(0, lab.Data, lab.Port(443)) },
			"blocked/tls-reset likely, local-network 1+ r1 possible; nothing-spoke", "tls-reset-nearer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			ca := lab.NewCA(t, "Lab Root", "Lab")
			l.Listen("server", 22, greeting)
			speaks := lab.TLS(ca.Config(lab.Leaf{Names: []string{"true.example"}}), lab.Hold)
			l.Listen("server", 443, speaks)
			l.Listen("server", 4430, func(c net.Conn) { // resets where it reads its name
				hello := make([]byte, 4096)
				n, _ := c.Read(hello)
				if bytes.Contains(hello[:n], []byte("true.example")) {
					lab.Reset(c)
					return
				}
				speaks(&replayed{c, io.MultiReader(bytes.NewReader(hello[:n]), c)})
			})
			c.setup(l)
			order := order{Roots: ca.PEM(), Options: settings{ServerName: "true.example"}}
			for _, family := range []int{4, 6} {
				order.Targets = append(order.Targets, targetOf(l.Addr("server", family), "22", "443"))
			}
			r := execute(t, l, order)
			for i := range r.Targets {
				for _, res := range r.Targets[i].Results {
					if res.Port.Port != 443 {
						continue
					}
					// A place by time is possible at most: on a busy machine it is one hop farther, or none.
					busy := strings.NewReplacer("local-network 1+ r1", "local-network 2+ r2").Replace(c.want)
					none := strings.NewReplacer("local-network 1+ r1", "unknown").Replace(c.want)
					if got := said(res.Verdict, nodeNames(l)); got != c.want && got != busy && got != none || res.Verdict.Rule != c.rule {
						t.Errorf("%v:\n got %s by %s\nwant %s by %s\n%+v\n%+v", res.Port.Addr, got, res.Verdict.Rule, c.want, c.rule, res.Port.Speech.TLS, r.Targets[i].Hosts[res.Port.Addr].Reference)
					}
					if res.Port.Elapsed > 8*time.Second {
						t.Errorf("%v took %v", res.Port.Addr, res.Port.Elapsed)
					}
					t.Log(res.Port.Elapsed)
				}
			}
		})
	}
}
