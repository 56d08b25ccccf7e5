package services

import (
	"strings"
	"testing"
)

func TestQuery(t *testing.T) {
	r := New()
	for text, want := range map[string]string{
		"2000":    "2000/tcp cisco-sccp, 2000/udp cisco-sccp",
		"443/udp": "443/udp https",
		"22-23":   "22/tcp ssh, 22/udp ssh, 22/sctp ssh, 23/tcp telnet, 23/udp telnet",
		"50000":   "50000/tcp ",
		"0":       "0/tcp ",
		"ssh/tcp": "22/tcp ssh",
	} {
		found, err := r.Query(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		var got []string
		for _, s := range found {
			got = append(got, span(s)+"/"+s.Protocol+" "+s.Name)
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: %s, want %s", text, s, want)
		}
	}
	for text, want := range map[string]string{"htps": "did you mean https?", "70000": "", "": "--search", "qwertzuiop": "--search"} {
		_, err := r.Query(text)
		e, ok := err.(*UsageError)
		if !ok || e.Problem == "" || !strings.Contains(e.Instead, want) {
			t.Errorf("%q: %+v", text, err)
		}
	}
}
