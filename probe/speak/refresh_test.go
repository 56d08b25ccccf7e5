package speak

import (
	"fmt"
	"net/http"
	"testing"

	"whyport/probe/evidence"
)

func TestRefreshOf(t *testing.T) {
	for page, want := range map[string]string{
		`<html><META HTTP-EQUIV="Refresh" CONTENT="0; URL=http://login.hotel.example/">`:                     "http://login.hotel.example/",
		`<meta content='0;url="http://10.0.0.1/a?b=1&amp;c=2"' http-equiv=refresh>`:                          "http://10.0.0.1/a?b=1&c=2",
		"<meta\n http-equiv='refresh'\n content='5, http://portal.example'>":                                 "http://portal.example",
		`<meta http-equiv=refresh content=0;url=/start>`:                                                     "/start",
		`<meta http-equiv="refresh" content="30">`:                                                           "",
		`<meta name="description" content="0; url=http://elsewhere.example/">`:                               "",
		`<meta http-equiv="content-type" content="text/html"><p>refresh content="0; url=http://a.example/">`: "",
	} {
		if got := refreshOf(nil, []byte(page)); got != want {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
	if got := refreshOf(http.Header{"Refresh": {"0;url=http://a.example/"}}, nil); got != "http://a.example/" {
		t.Errorf("header: %q", got)
	}
}

// TestPagesThatSendOn: what a page says of its sender, on a connection that is kept or not, and that none more is made for it.
func TestPagesThatSendOn(t *testing.T) {
	refresh := func(to string) string { return `<meta http-equiv=refresh content="0;url=` + to + `">` }
	for _, tc := range []struct {
		name, more, body string
		want             evidence.HTTP
	}{
		{"another owner's", "", refresh("http://login.hotel.example/"), evidence.HTTP{Refresh: "http://login.hotel.example/", Foreign: true}},
		{"its own www name", "", refresh("https://www.server.test/"), evidence.HTTP{Refresh: "https://www.server.test/"}},
		{"its login host", "", refresh("https://login.server.test/"), evidence.HTTP{Refresh: "https://login.server.test/"}},
		{"its own path", "", refresh("/start"), evidence.HTTP{Refresh: "/start"}},
		{"a portal's path", "", refresh("http://gw.server.test:1000/fgtauth?1"), evidence.HTTP{Refresh: "http://gw.server.test:1000/fgtauth?1", BlockPage: "captive portal"}},
		{"words for programs that sign in", "", "<!-- <WISPAccessGatewayParam> -->", evidence.HTTP{BlockPage: "captive portal"}},
		{"a header", "Refresh: 0; url=http://login.hotel.example/\r\n", "", evidence.HTTP{Refresh: "http://login.hotel.example/", Foreign: true}},
		{"a page that speaks of them", "", "powered by fortiguard, captive portal", evidence.HTTP{}},
	} {
		for _, end := range []string{"", "Connection: close\r\n"} {
			for _, port := range []uint16{80, 8888} {
				head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + tc.more + end + fmt.Sprintf("Content-Length: %d\r\n", len(tc.body))
				got := ask(t, web(t, head, tc.body), onPort(port), named("server.test"))
				if port != 80 && end != "" && tc.more == "" {
					continue // another connection would have to be made
				}
				tc.want.Status = 200
				if got.HTTP == nil || got.HTTP.Refresh != tc.want.Refresh || got.HTTP.Foreign != tc.want.Foreign || got.HTTP.BlockPage != tc.want.BlockPage {
					t.Errorf("%s, %d, %q: %+v", tc.name, port, end, got.HTTP)
				}
				if port == 80 && got.Connections != 0 {
					t.Errorf("%s: %d connections", tc.name, got.Connections)
				}
			}
		}
	}
	// Whoever asks for an address can't tell whose a name is.
	head := "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n"
	if got := ask(t, web(t, head, refresh("http://login.hotel.example/")+"      "), onPort(80)); got.HTTP == nil || got.HTTP.Foreign {
		t.Errorf("by address: %+v", got.HTTP)
	}
}
