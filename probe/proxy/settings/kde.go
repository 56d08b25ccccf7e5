package settings

import "strings"

// parseKDE reads ~/.config/kioslaverc, [Proxy Settings]. ProxyType: 0 none, 1 as written, 2 PAC file, 3 WPAD, 4 variables of the
// environment, whose names are then written in place of the proxies (KDE's kprotocolmanager).
func parseKDE(text string, get func(string) string) *Found {
	values, section := map[string]string{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = line
		} else if key, value, ok := strings.Cut(line, "="); ok && section == "[Proxy Settings]" {
			name, _, _ := strings.Cut(key, "[") // "httpProxy[$e]" is expanded
			values[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	f := &Found{Source: "KDE's settings"}
	read := func(name string) string { return kdeServer(values[name]) }
	switch values["ProxyType"] {
	case "1":
		f.Plain, f.Secure, f.Socks = read("httpProxy"), read("httpsProxy"), read("socksProxy")
		f.Except = split(values["NoProxyFor"], ", ")
	case "2":
		f.Script = values["Proxy Config Script"]
	case "3":
		f.Detect = true
	case "4":
		f.Plain, f.Secure, f.Socks = get(values["httpProxy"]), get(values["httpsProxy"]), get(values["socksProxy"])
		f.Except = split(get(values["NoProxyFor"]), ", ")
	}
	if values["ReversedException"] == "true" { // only these go through the proxy: not what the list means here
		f.Plain, f.Secure, f.Socks = "", "", ""
	}
	if strings.HasPrefix(f.Script, "/") {
		f.Script = "file://" + f.Script
	}
	for i, rule := range f.Except { // a name stands for its domain, too
		if !strings.ContainsAny(rule, "*/:") && strings.Trim(rule, "0123456789.") != "" && !strings.HasPrefix(rule, ".") && rule != "<local>" {
			f.Except[i] = "." + rule
		}
	}
	return f
}

// kdeServer is a proxy as KDE writes it: "http://proxy.example 3128", with a blank before the port.
func kdeServer(text string) string {
	url, port, ok := strings.Cut(strings.TrimSpace(text), " ")
	if url == "" {
		return ""
	}
	if rest, is := strings.CutPrefix(url, "socks://"); is {
		url = "socks5h://" + rest
	}
	if ok && strings.TrimSpace(port) != "" {
		return strings.TrimSuffix(url, "/") + ":" + strings.TrimSpace(port)
	}
	return url
}
