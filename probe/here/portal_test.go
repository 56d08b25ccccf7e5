package here

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestPortal(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter)
		want   PortalVerdict
	}{
		"204":               {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }, NoPortal},
		"known word":        {func(w http.ResponseWriter) { w.Write([]byte("success\n")) }, NoPortal},
		"word in a page":    {func(w http.ResponseWriter) { w.Write(append([]byte("success\n"), make([]byte, 4096)...)) }, OtherPage},
		"other page":        {func(w http.ResponseWriter) { w.Write([]byte("welcome")) }, OtherPage},
		"511":               {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNetworkAuthenticationRequired) }, IsPortal},
		"elsewhere":         {redirect("http://login.portal.example/?user=secret"), IsPortal},
		"to TLS of its own": {redirect("https://127.0.0.1/"), OtherPage},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
			c.answer(w)
		}))
		p := askPortal(t.Context(), s.URL)
		s.Close()
		if p.Verdict != c.want {
			t.Errorf("%s: %q, want %q", name, p.Verdict, c.want)
		}
		if p.Dated != (c.want == NoPortal) || p.Dated && (p.Clock < 59*time.Minute || p.Clock > 61*time.Minute) {
			t.Errorf("%s: clock %v %v", name, p.Dated, p.Clock)
		}
		if name == "elsewhere" && p.Leads != "http://login.portal.example/" {
			t.Errorf("leads to %s", p.Leads)
		}
	}
	s := httptest.NewServer(nil)
	s.Close()
	if p := askPortal(t.Context(), s.URL); p.Verdict != NoPage || p.Error == "" {
		t.Errorf("nobody there: %+v", p)
	}
}

func redirect(to string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}
