package settings

import "strings"

// at makes of a host and port a proxy's URL; "" where there is none.
func at(kind, host, port string) string {
	host = strings.TrimSpace(host)
	if host == "" {
		return ""
	}
	if strings.Contains(host, "://") {
		if port == "" || port == "0" {
			return host
		}
		return host + ":" + port
	}
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	if port == "" || port == "0" {
		return kind + "://" + host
	}
	return kind + "://" + host + ":" + port
}

// split cuts a list at any of these characters, and leaves empty words out.
func split(text, separators string) (out []string) {
	return append(out, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators, r) })...)
}

// withoutLogin leaves a name and password out of a URL.
func withoutLogin(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	authority, path, slash := strings.Cut(rest, "/")
	if i := strings.LastIndex(authority, "@"); i >= 0 {
		authority = authority[i+1:]
	}
	if slash {
		path = "/" + path
	}
	return scheme + "://" + authority + path
}
