package target

import (
	"fmt"
	"strings"
	"testing"

	"whyport/services/mistake"
)

const secret = "5ecr3t"

// links are every place of a link that can hold a secret, behind every kind of beginning and with every kind of mistake.
func links() (out []string) {
	for _, head := range []string{"https://", "HTTPS:/", "https//", "https:", `https:\\`, "//", "///", "", "mysql://", "gopher://", "jdbc:mysql://", "foo:/", "mailto:", "<https://", "https:///"} {
		for _, user := range []string{"", "me:§@", "§@", "me:a/§@", "me:§/x@", "me:§?x@", "me:§#@", "me:§ x@", "me: §@", "§:§@", "me:a@§@", "me%3A§%40", "§%2540", "me:§＠", "me:§;a=1@"} {
			for _, host := range []string{"server.example", "h", "h:99999", "h:htps", "h:", "192.0.2.7", "1.2.3", "[2001:db8::7]", "2001:db8::7", "-h", "a..b", "", "h%zz", "a b", "a,b", "*"} {
				if whole := strings.HasSuffix(head, "://") || head == "///"; host == "" && user == "" && !whole {
					continue // what follows would be the host
				}
				for _, tail := range []string{"", "/§", "/?token=§", "?§", "#§", "/db?password=§&x=1", `\§`, "/a §", "/§ b", "/x?a=b@§", "/a\t§", "/§\x00", "%2F§", "%3f§", ";j=§", "&§", "=§", "？§", "/24/§", "/§/24", "/§:80", ":80/§", "/x,h/§", "/\xff§"} {
					if in := head + user + host + tail; strings.Contains(in, "§") {
						out = append(out, strings.ReplaceAll(in, "§", secret))
					}
				}
			}
		}
	}
	return out
}

func repeated(in string) string {
	got, err := Parse(in, https)
	text := ""
	if err != nil {
		text = err.(*mistake.Error).Problem + err.(*mistake.Error).Instead
	}
	return text + fmt.Sprintf("%+v", got) + Shown(in)
}

func TestSecretsOfALinkAreNeverRepeated(t *testing.T) {
	all, wrong := links(), 0
	for _, in := range all {
		if text := repeated(in); strings.Contains(text, secret) {
			if wrong++; wrong < 20 {
				t.Errorf("%q gives %s", in, text)
			}
		}
	}
	if wrong > 0 || len(all) < 50_000 {
		t.Errorf("%d of %d", wrong, len(all))
	}
}

// What is left out must not make a target of what is none, nor hide that something was wrong.
func TestLeavingOutKeepsTheServer(t *testing.T) {
	for in, want := range map[string]string{
		"https://me:s3cret@server.example/x": "https://server.example", "http://server.example:8080/a@b?c=d#e": "http://server.example:8080",
		"https://x.example/@user": "https://x.example", "mysql://h/db?password=S": "mysql://h", "10.1.2.0/30": "10.1.2.1",
		"https://u%3Ap%40h/": "https://h", "https://server.example?x": "https://server.example",
	} {
		got, err := Parse(in, nil)
		if err != nil || got[0].Input != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"https://a.example/ https://b.example/": "space", "https://a.example/\x00": "characters", "me:s/3@server.example": "unclear",
		"h/x?y=a@b": "unclear", "10.0.0.0/999": "no prefix length", "10.0.0.0/255.0.0.0": "no prefix length", "2001:db8::7/x": "path",
		"/etc/passwd": "path without a host", "https:///x": "no host",
	} {
		if got, err := Parse(in, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
}
