package settings

import "strings"

// internetSettings are values of Windows' registry, HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings.
type internetSettings struct {
	enabled  bool   // ProxyEnable
	server   string // ProxyServer: "proxy:8080", or "http=proxy:8080;https=proxy:8443;socks=proxy:1080"
	override string // ProxyOverride: "*.example;10.*;<local>"
	script   string // AutoConfigURL
	detect   bool   // of Connections\DefaultConnectionSettings
}

// detects reads the flags (byte 8) of DefaultConnectionSettings: 8 is "detect settings automatically".
func detects(connection []byte) bool { return len(connection) > 8 && connection[8]&8 != 0 }

func (s internetSettings) found() *Found {
	f := &Found{Source: "Windows' Internet settings", Script: s.script, Detect: s.detect}
	if s.enabled {
		f.Except = split(s.override, "; \t\r\n")
		for _, one := range split(s.server, "; \t\r\n") {
			kind, server, named := strings.Cut(one, "=")
			switch {
			case !named:
				f.Plain, f.Secure = one, one
			case strings.EqualFold(kind, "http"):
				f.Plain = server
			case strings.EqualFold(kind, "https"):
				f.Secure = server
			case strings.EqualFold(kind, "socks"):
				f.Socks = server
				if !strings.Contains(server, "://") {
					f.Socks = "socks4://" + server // version 4 is what WinINet speaks
				}
			}
		}
	}
	return f
}
