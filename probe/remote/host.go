package remote

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// Host is a computer as ssh is told of it.
type Host struct {
	Name string // as it was typed
	to   string // [user@]host: a name, an address, or an alias of ssh's configuration
	port string
}

// ErrHost is text that is no host for ssh.
var ErrHost = errors.New("no host for ssh")

// ParseHost reads [user@]host[:port]. It takes no letter that means something to a shell: a configuration may hand the name on to
// one (ProxyCommand with %h; CVE-2023-51385), and none that could be an option.
func ParseHost(text string) (Host, error) {
	h := Host{Name: text}
	user, host, has := cutLast(text, "@")
	if !has {
		user, host = "", text
	}
	if inner, is := strings.CutPrefix(host, "["); is {
		address, port, closed := strings.Cut(inner, "]")
		if host = address; !closed || port != "" && port[0] != ':' {
			return h, ErrHost
		}
		h.port = strings.TrimPrefix(port, ":")
		if port == ":" {
			return h, ErrHost
		}
	} else if _, err := netip.ParseAddr(host); err != nil {
		if name, port, has := strings.Cut(host, ":"); has {
			if host, h.port = name, port; port == "" {
				return h, ErrHost
			}
		}
	}
	if n, err := strconv.ParseUint(h.port, 10, 16); h.port != "" && (err != nil || n == 0) {
		return h, ErrHost
	}
	if !plain(host, "._-:%") || has && !plain(user, `._-+@\`) {
		return h, ErrHost
	}
	if h.to = host; has {
		h.to = user + "@" + host
	}
	return h, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// plain is text of ASCII letters, digits and some more that does not begin as an option does.
func plain(s, more string) bool {
	return s != "" && s[0] != '-' && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(more, r))
	})
}
