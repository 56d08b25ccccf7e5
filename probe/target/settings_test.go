package target

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

const kube = `apiVersion: v1
kind: Config
current-context: prod
clusters:
- name: a
  cluster: {server: "https://a.example:6443", certificate-authority-data: SECRET}
- name: b
  cluster:
    server: https://b.example/path
contexts:
- name: prod
  context: {cluster: b, user: u}
users:
- name: u
  user: {token: SECRET}
`

// TestSettings: what programs connect to by their own files; nothing else of these is ever shown.
func TestSettings(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ file, text, want, fault string }{
		{"office.rdp", "screen mode id:i:2\r\nfull address:s:pc.example\r\npassword 51:b:SECRET\r\n", "rdp://pc.example:3389", ""},
		{"office.RDP", "full address:s:pc.example:3390\r\ngatewayhostname:s:gw.example\r\ngatewayusagemethod:i:0\r\n",
			"rdp://pc.example:3390", ""},
		{"port.rdp", "full address:s:2001:db8::7\nserver port:i:3391\n", "rdp://[2001:db8::7]:3391", ""},
		{"gw.rdp", "full address:s:pc.example\ngatewayhostname:s:gw.example\ngatewayusagemethod:i:2\n",
			"https://gw.example:443 rdp://pc.example:3389", ""},
		{"only.rdp", "full address:s:pc.example\ngatewayhostname:s:gw.example:8443\ngatewayusagemethod:i:1\n", "https://gw.example:8443", ""},
		{"none.rdp", "password 51:b:SECRET\n", "", "names no server"},
		{"missing.rdp", "", "", "can't be opened"},
		{"vpn.ovpn", "client\nremote a.example\nremote b.example 443 tcp\n;remote x.example\n<key>\nremote SECRET.example\n</key>\nproto udp4\n" +
			"<connection>\nremote c.example 1195\n</connection>\nremote a.example\n",
			"openvpn://a.example:1194 openvpn-tcp://b.example:443 openvpn://c.example:1195", ""},
		{"tcp.ovpn", "proto tcp-client\nport 1200\nremote 2001:db8::7\n", "openvpn-tcp://[2001:db8::7]:1200", ""},
		{"empty.ovpn", "auth-user-pass SECRET\n", "", "names no server"},
		{"kubeconfig", kube, "b.example:443", ""},
		{"x.kubeconfig", strings.Replace(kube, "current-context: prod", "", 1), "a.example:6443 b.example:443", ""},
		{"y.kubeconfig", "kind: SECRET\n", "", "no kind: Config"},
		{"z.kubeconfig", strings.Repeat("[", 1<<19), "", "too deeply"},
		{"large.kubeconfig", strings.Repeat("#", maxSettings+1), "", "larger than 1 MB"},
		{"bytes.ovpn", "\x00\x01\x02\xff", "", "not text"},
	} {
		name := filepath.Join(dir, c.file)
		if c.file != "missing.rdp" {
			if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, is, err := Settings(name)
		if !is || strings.Join(got, " ") != c.want || (err != nil) != (c.fault != "") {
			t.Errorf("%s: %v, %v, %v", c.file, got, is, err)
		}
		if err != nil && (!strings.Contains(err.Error(), c.fault) || strings.Contains(err.Error(), "SECRET")) {
			t.Errorf("%s: %v", c.file, err)
		}
		for _, input := range got {
			if all, err := Parse(input, nil); err != nil || len(all) != 1 || all[0].Port == 0 {
				t.Errorf("%s: %s is not understood: %v", c.file, input, err)
			} else if udp := strings.HasPrefix(input, "openvpn:"); all[0].UDP != udp {
				t.Errorf("%s: UDP %v", input, all[0].UDP)
			}
		}
	}
	for _, name := range []string{"server.example", "config", filepath.Join(dir, "nowhere", "config"), "10.0.0.0/28", ""} {
		if got, is, err := Settings(name); is || err != nil {
			t.Errorf("%q is taken for settings: %v, %v", name, got, err)
		}
	}
	// Windows saves .rdp files in UTF-16.
	var wide []byte
	for _, u := range utf16.Encode([]rune("\ufefffull address:s:pc.example\r\n")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	name := filepath.Join(dir, "wide.rdp")
	if err := os.WriteFile(name, wide, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, _, err := Settings(name); !slices.Equal(got, []string{"rdp://pc.example:3389"}) {
		t.Errorf("UTF-16: %v, %v", got, err)
	}
}

func TestMailDomain(t *testing.T) {
	for text, want := range map[string]string{
		"anna@company.example": "company.example", "<Anna.B+x@Müller.example>": "xn--mller-kva.example", "mailto:a@b.example": "b.example",
		"anna@host.example:/srv/x": "", "me:secret@server.example": "", "https://a@b.example": "", "a@b": "", "@b.example": "", "a@192.0.2.1": "",
		"a@b@c.example": "", "server.example": "", "": "",
	} {
		if got, is := MailDomain(text); got != want || is != (want != "") {
			t.Errorf("%q: %q, %v", text, got, is)
		}
	}
}
