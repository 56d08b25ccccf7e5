package protocol

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// reply makes a server's answer out of the request of a try.
type reply func(asked []byte) []byte

func after(n int, text string) reply {
	return func(asked []byte) []byte { return append(slices.Clone(asked[:n]), text...) }
}

func TestDatagramAnswers(t *testing.T) {
	ntpReply := func(first, stratum byte, reference string) reply {
		return func(asked []byte) []byte {
			b := make([]byte, 48)
			b[0], b[1] = first, stratum
			copy(b[12:], reference)
			copy(b[24:], asked[40:48])
			return b
		}
	}
	stunReply := func(kind byte, attributes string) reply {
		return func(asked []byte) []byte {
			return slices.Concat([]byte{1, kind, 0, byte(len(attributes))}, asked[4:20], []byte(attributes))
		}
	}
	for _, tc := range []struct {
		name           string
		port           uint16
		answer         reply
		identified     string
		product, code  string
		refused, later bool // later: the answer is to the second try
	}{
		{"dns", 53, after(2, "\x81\x80\x00\x01\x00\x0d\x00\x00\x00\x00\x00\x00\x02\x00\x01"), "dns", "", "", false, false},
		{"dns of the second try", 53, after(2, "\x81\x80\x00\x01\x00\x0d\x00\x00\x00\x00"), "dns", "", "", false, true},
		{"dns refuses", 53, after(2, "\x81\x05\x00\x01\x00\x00\x00\x00\x00\x00"), "dns", "", "REFUSED", true, false},
		{"dns fails", 53, after(2, "\x81\x82\x00\x01\x00\x00\x00\x00\x00\x00"), "dns", "", "SERVFAIL", true, false},
		{"dns with another number", 53, after(0, "\x00\x00\x81\x80\x00\x01\x00\x0d\x00\x00\x00\x00"), "", "", "", false, false},
		{"dns echo", 53, func(asked []byte) []byte { return asked }, "", "", "", false, false},
		{"text on 53", 53, after(0, "hello, who is there?\r\n"), "", "", "", false, false},
		{"mdns", 5353, after(0, "\x00\x00\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00"), "mdns", "", "", false, false},
		{"ntp", 123, ntpReply(0x24, 2, "\x0a\x00\x00\x01"), "ntp", "NTPv4", "", false, false},
		{"ntp not synchronised", 123, ntpReply(0xe4, 16, ""), "ntp", "NTPv4", "not synchronised", true, false},
		{"ntp kiss", 123, ntpReply(0xe4, 0, "DENY"), "ntp", "NTPv4", "DENY", true, false},
		{"ntp of another", 123, func(asked []byte) []byte { return append([]byte{0x24, 2}, make([]byte, 46)...) }, "", "", "", false, false},
		{"stun", 3478, stunReply(1, "\x80\x22\x00\x05coTurn\x00\x00"[:12]), "stun", "coTur", "", false, false},
		{"stun error", 3478, stunReply(0x11, "\x00\x09\x00\x04\x00\x00\x04\x01"), "stun", "", "401", true, false},
		{"stun attribute too long", 3478, stunReply(1, "\x80\x22\xff\xffco"), "stun", "", "", false, false},
		{"ike", 500, func(asked []byte) []byte {
			return append(append(slices.Clone(asked[:16]), 41, 0x20, 34, 0x20, 0, 0, 0, 0, 0, 0, 0, 36), 0, 0, 0, 8, 0, 0, 0, 7)
		}, "ike", "IKEv2", "INVALID_SYNTAX", false, false},
		{"ike on 4500", 4500, func(asked []byte) []byte {
			return append(slices.Clone(asked[:20]), 0, 0x20, 34, 0x20, 0, 0, 0, 0, 0, 0, 0, 28)
		}, "ike", "IKEv2", "", false, false},
		{"ike echo", 500, func(asked []byte) []byte { return asked }, "", "", "", false, false},
		{"tftp", 69, after(0, "\x00\x05\x00\x01File not found\x00"), "tftp", "", "error 1", false, false},
		{"sql", 1434, after(0, "\x05\x44\x00ServerName;DB;InstanceName;X;IsClustered;No;Version;15.0.2000.5;;"+strings.Repeat("x", 1)), "", "", "", false, false},
		{"sql whole", 1434, after(0, "\x05\x2d\x00ServerName;D;InstanceName;X;Version;15.0.20;;"), "sql-browser", "SQL Server 15.0.20", "", false, false},
		{"daytime", 13, after(0, "27 NOV 2026 05:25:35 UTC\r\n"), "daytime", "", "", false, false},
		{"a time of day on 13", 13, after(0, "at 5:25 we close\r\n"), "", "", "", false, false},
		{"chargen", 19, after(0, "}~ !\"#$%&'()*+,-./0123456789\r\nrest"), "chargen", "", "", false, false},
		{"no ring", 19, after(0, "abcdefgi"), "", "", "", false, false},
		{"time", 37, func([]byte) []byte { return binary.BigEndian.AppendUint32(nil, uint32(time.Now().Unix()+2208988800)) }, "time", "", "", false, false},
		{"another time", 37, after(0, "\x00\x00\x00\x01"), "", "", "", false, false},
		{"unknown port", 9999, after(0, "pong"), "", "", "", false, false},
	} {
		q := Datagrams(tc.port, Known{})
		first, second := q.Payload(0), q.Payload(1)
		asked := first
		if tc.later {
			asked = second
		}
		got := q.Read(tc.answer(asked))
		if got.Identified != tc.identified || got.Product != tc.product || got.Code != tc.code ||
			slices.Contains(got.Notes, evidence.NoteTurnedAway) != tc.refused || !got.SignOfLife() {
			t.Errorf("%s: %+v", tc.name, got)
		}
	}
}

// A community that was given is asked with, in both versions, and "public" is not; without one the engine comes first.
func TestCommunity(t *testing.T) {
	q := Datagrams(161, Known{Community: "secret-7"})
	all := slices.Concat(q.Payload(0), q.Payload(1), q.Payload(2))
	if bytes.Count(all, []byte("secret-7")) != 2 || bytes.Contains(all, []byte("public")) || !bytes.Contains(q.Payload(0), []byte("\x02\x01\x01\x04\x08secret-7")) {
		t.Errorf("%q", all)
	}
	q = Datagrams(161, Known{})
	if bytes.Contains(q.Payload(0), []byte("public")) || !bytes.Contains(q.Payload(1), []byte("public")) {
		t.Errorf("%q", q.Payload(0))
	}
}

// An instance's port is where its clients go.
func TestInstances(t *testing.T) {
	q := Datagrams(1434, Known{})
	q.Payload(0)
	list := "ServerName;D;InstanceName;X;Version;15.0.20;tcp;50123;np;\\\\D\\pipe;;ServerName;D;InstanceName;Y;Version;16.0.1;tcp;1433;;"
	got := q.Read([]byte("\x05" + string([]byte{byte(len(list)), 0}) + list))
	if !slices.Equal(got.Refers, []string{":50123", ":1433"}) || got.Product != "SQL Server 15.0.20" {
		t.Errorf("%+v", got)
	}
}

// Silence says which servers are meant to be silent.
func TestSilence(t *testing.T) {
	for port, want := range map[uint16]string{51820: "wireguard, by design", 1812: "radius, by design", 514: "syslog, by design", 88: "kerberos", 53: "dns", 9999: ""} {
		got := ""
		if s := Datagrams(port, Known{}).Silence(); s != nil {
			got = s.Usual
			if slices.Contains(s.Notes, evidence.NoteSilentByDesign) {
				got += ", by design"
			}
			if s.SignOfLife() {
				t.Errorf("%d: silence is no sign of life", port)
			}
		}
		if got != want {
			t.Errorf("%d: %q, want %q", port, got, want)
		}
	}
}

// Requests that carry a number carry another each time.
func TestDatagramsAreFresh(t *testing.T) {
	for _, port := range []uint16{53, 123, 3478, 500, 4500} {
		q, other := Datagrams(port, Known{}), Datagrams(port, Known{})
		if bytes.Equal(q.Payload(0), q.Payload(1)) || bytes.Equal(q.Payload(0), other.Payload(0)) || !bytes.Equal(q.Payload(0), q.Payload(0)) {
			t.Errorf("%d: a request was repeated, or not kept", port)
		}
	}
}

// Random bytes are nobody's answer, and changed answers harm nobody.
func TestDatagramReadersAreBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, p := range Table() {
		if p.UDP == nil {
			continue
		}
		q := Datagrams(p.UDP.Ports[0], Known{})
		asked := q.Payload(0)
		for n := range 2000 {
			b := make([]byte, random.IntN(80))
			for i := range b {
				b[i] = byte(random.Uint32())
			}
			if got := q.Read(b); got.Identified != "" {
				t.Errorf("%s read out of %x", p.Name, b)
			}
			copy(b, asked[:min(len(asked), n%30)]) // the beginning is right
			q.Read(b)
		}
	}
}
