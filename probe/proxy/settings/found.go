package settings

import (
	"errors"
	"strings"

	"whyport/probe/proxy"
	"whyport/services/mistake"
)

// Found is what one place says.
type Found struct {
	Source string // for people: "GNOME's settings"
	// Plain is for ports of plain HTTP, Secure for the others, Socks where neither says something; "": not set. They are as
	// they are written.
	Plain, Secure, Socks string
	Except               []string // hosts that are reached direct, as they are written
	Script               string   // URL of a PAC file, which goes before the others
	Detect               bool     // a PAC file is to be looked for (WPAD), before the others
}

// names reports whether a proxy, or where to find one, is named.
func (f *Found) names() bool {
	return f != nil && (f.Plain != "" || f.Secure != "" || f.Socks != "" || f.Script != "" || f.Detect)
}

// Fixed is the choice among the proxies that are named; nil where none is.
func (f *Found) Fixed() (proxy.Choice, error) {
	var servers [3]*proxy.Server
	for i, text := range []string{f.Plain, f.Secure, f.Socks} {
		if text == "" {
			continue
		}
		s, err := proxy.Parse(text)
		if e, is := errors.AsType[*mistake.Error](err); is {
			return nil, mistake.New(e.Instead, "in %s: %s", f.Source, e.Problem)
		}
		s.From = f.Source
		servers[i] = &s
	}
	plain, secure, socks := servers[0], servers[1], servers[2]
	if plain == nil && secure == nil && socks == nil {
		return nil, nil
	}
	return func(host string, port uint16) (proxy.Server, bool) {
		s := secure
		if proxy.UsuallyHTTP(port) {
			s = plain
		}
		if s == nil {
			s = socks
		}
		if s == nil || f.excepts(host, port) {
			return proxy.Server{}, false
		}
		return *s, true
	}, nil
}

// Sets lists what is named, for people.
func (f *Found) Sets() (out []proxy.Set) {
	if f == nil {
		return nil
	}
	except := strings.Join(f.Except, ",")
	if f.Script != "" {
		out = append(out, proxy.Set{Source: f.Source, Name: "PAC file", URL: withoutLogin(f.Script)})
	}
	if f.Detect {
		out = append(out, proxy.Set{Source: f.Source, Name: "WPAD", URL: WPAD})
	}
	for _, one := range [][2]string{{"HTTP", f.Plain}, {"HTTPS", f.Secure}, {"SOCKS", f.Socks}} {
		if one[1] == "" {
			continue
		}
		found := proxy.Set{Source: f.Source, Name: one[0], Except: except}
		if s, err := proxy.Parse(one[1]); err == nil {
			found.URL = s.String()
		}
		out = append(out, found)
	}
	return out
}

// WPAD is where a PAC file is looked for where the settings say so; DHCP's way (option 252) is not asked.
const WPAD = "http://wpad/wpad.dat"
