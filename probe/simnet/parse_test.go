package simnet

import (
	"strings"
	"testing"
)

// TestParse: what is wrong is said with its line.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"r9 forward drop":               "line 1, \"r9 forward drop\": a statement begins with a node",
		"\nr2 forward tcp dport x drop": "line 2",
		"r2 forward tcp":                "ends with what it does",
		"r2 forward reject nonsense":    "no ICMP error",
		"r2 forward drop tcp":           "stands behind",
		"r2 flies":                      "unknown verb",
		"server listen 80 sing":         "a service is",
		"hop 2 r1 10.0.0.1 1ms":         "numbered from 1",
		"r3 loops to nobody":            "does not exist",
		"r3 returns to r1":              "",
		"at nowhere":                    "neither a node",
		"seed x":                        "is no value",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
