package main

import (
	"bytes"
	"os"
	"testing"
)

func TestEmbeddedTableIsUpToDate(t *testing.T) {
	want, err := generate("service-names-port-numbers.xml.gz")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../iana.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("iana.bin is not what the generator makes of the source; run: go generate ./services")
	}
}

func TestPortsOfARow(t *testing.T) {
	for _, bad := range []string{"", "x", "70000", "9-8", "1-", "-1", "1-2-3"} {
		if a, b, err := ports(bad); err == nil {
			t.Errorf("%q was read as %d-%d", bad, a, b)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"a\n   b":            "a b",
		"FORT\u00c9 &amp; x": "FORTE & x",
		"\u201cq\u201d":      `"q"`,
		"cl/1":               "cl/1",
	} {
		if got, err := plain(in); err != nil || got != want {
			t.Errorf("plain(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	if got, err := plain("\u4e2d"); err == nil {
		t.Errorf("a character without an ASCII spelling became %q", got)
	}
}

func TestPackRefusesAnUnknownProtocol(t *testing.T) {
	if _, err := pack([]row{{name: "x", protocol: "quic", first: 1, last: 1}}); err == nil {
		t.Error("a row of an unknown protocol was dropped without a word")
	}
}
