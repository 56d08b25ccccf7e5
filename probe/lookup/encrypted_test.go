package lookup

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"whyport/probe/evidence"
)

// TestOverHTTPS: a question is posted as RFC 8484 has it; what is no answer is none.
func TestOverHTTPS(t *testing.T) {
	s := &nameServer{replies: always(0)}
	status := http.StatusOK
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.URL.Path != "/dns-query" || r.Header.Get("Content-Type") != message || r.ProtoMajor != 2 || q[0] != 0 || q[1] != 0 {
			t.Errorf("%s %s %v: %x", r.Method, r.URL, r.Header, q[:2])
		}
		w.WriteHeader(status)
		w.Write(s.answer(q, false))
	}))
	web.EnableHTTP2 = true
	web.StartTLS()
	defer web.Close()
	to := Server{At: netip.MustParseAddrPort(web.Listener.Addr().String()), Over: evidence.OverHTTPS, Path: "/dns-query"}
	if a := (asker{}).askOver(t.Context(), to, "server.example", evidence.IPv4); a.End != evidence.Answered || a.RCode != "NOERROR" || !a.Untrusted || a.Over != "https" {
		t.Errorf("%+v", a)
	}
	status = http.StatusForbidden
	if a := (asker{}).askOver(t.Context(), to, "server.example", evidence.IPv4); a.End != evidence.Garbled {
		t.Errorf("403: %+v", a)
	}
}

// TestOverTLSEnds: nobody there, and what is no TLS.
func TestOverTLSEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "SSH-2.0-none\r\n")
			c.Close()
		}
	}()
	to := Server{At: netip.MustParseAddrPort(l.Addr().String()), Over: evidence.OverTLS}
	if a := (asker{}).askOver(t.Context(), to, "server.example", evidence.IPv4); a.End == evidence.Answered || a.End == evidence.NotAsked {
		t.Errorf("no TLS: %+v", a)
	}
	l.Close()
	if a := (asker{}).askOver(t.Context(), to, "server.example", evidence.IPv4); a.End != evidence.NotReached {
		t.Errorf("nobody: %+v", a)
	}
}
