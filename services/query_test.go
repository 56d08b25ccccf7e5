package services

import (
	"strings"
	"testing"

	"whyport/services/mistake"
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
		e, ok := err.(*mistake.Error)
		if !ok || e.Problem == "" || !strings.Contains(e.Instead, want) {
			t.Errorf("%q: %+v", text, err)
		}
	}
}

func TestFind(t *testing.T) {
	r := New()
	for _, c := range []struct {
		texts  string
		search string
		class  Class
		want   string
	}{
		{texts: "www www-http 80/tcp", want: "80/tcp 80/udp"},
		{texts: "20/sctp ftp-data", want: "20/sctp 20/tcp 20/udp"},
		{texts: "50000 80", class: Dynamic, want: "50000/tcp"},
		{texts: "rdp", search: "mstsc", want: "3389/tcp 3389/udp"},
		{class: Dynamic, want: "49152-65535/tcp 51820/udp"},
	} {
		found, err := r.Find(strings.Fields(c.texts), c.search, c.class)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range found {
			got = append(got, span(s)+"/"+s.Protocol)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%+v: %s", c, s)
		}
	}
}

// TestFindClass: a class alone is every named port of it, each once and in order.
func TestFindClass(t *testing.T) {
	r := New()
	for class, some := range map[Class][2]string{WellKnown: {"443/tcp https", "22/udp ssh"}, Registered: {"3389/tcp ms-wbt-server", "6000-6063/tcp x11"}} {
		found, err := r.Find(nil, "", class)
		if err != nil {
			t.Fatal(err)
		}
		listed := map[string]bool{}
		for i, s := range found {
			if ClassOf(s.Port) != class || s.Name == "" || i > 0 && s.Port < found[i-1].Port {
				t.Errorf("%s: %+v", class, s)
			}
			key := span(s) + "/" + s.Protocol + " " + s.Name
			if listed[key] {
				t.Errorf("%s twice", key)
			}
			listed[key] = true
		}
		if len(found) < 1000 || !listed[some[0]] || !listed[some[1]] {
			t.Errorf("%s: %d services, %s and %s among them: %t, %t", class, len(found), some[0], some[1], listed[some[0]], listed[some[1]])
		}
	}
}
