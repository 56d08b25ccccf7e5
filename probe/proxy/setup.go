package proxy

// Set is a proxy that something on this computer names, whether programs obey it or not.
type Set struct {
	Source string // "environment", or what else names it
	Name   string // the variable or setting
	URL    string // without login; "" where it can't be read
	Except string // what is not to go through it
}

// SetUp lists the proxies that the environment names. Nothing is asked.
func SetUp(get func(string) string) (out []Set) {
	except := first(get, "NO_PROXY", "no_proxy")
	for _, names := range [][2]string{{"HTTPS_PROXY", "https_proxy"}, {"HTTP_PROXY", "http_proxy"}, {"ALL_PROXY", "all_proxy"}} {
		text := first(get, names[:]...)
		if text == "" {
			continue
		}
		found := Set{Source: "environment", Name: names[0], Except: except}
		if s, err := Parse(text); err == nil {
			found.URL = s.String()
		}
		out = append(out, found)
	}
	return out
}
