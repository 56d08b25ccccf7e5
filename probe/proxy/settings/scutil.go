package settings

import "strings"

// parseScutil reads what macOS' "scutil --proxy" prints:
//
//	<dictionary> {
//	  ExceptionsList : <array> {
//	    0 : *.local
//	  }
//	  HTTPEnable : 1
//	  HTTPPort : 3128
//	  HTTPProxy : proxy.example
//	}
func parseScutil(text string) *Found {
	values, f := map[string]string{}, &Found{Source: "macOS' network settings"}
	list, depth := "", 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, pair := strings.Cut(line, " : ")
		switch {
		case line == "}":
			if depth--; depth <= 1 {
				list = ""
			}
		case strings.HasSuffix(line, "{"):
			if depth++; depth == 2 {
				list = key
			}
		case pair && depth == 1:
			values[key] = value
		case pair && depth == 2 && list == "ExceptionsList":
			f.Except = append(f.Except, value)
		}
	}
	on := func(name string) bool { return values[name+"Enable"] == "1" }
	if on("HTTP") {
		f.Plain = at("http", values["HTTPProxy"], values["HTTPPort"])
	}
	if on("HTTPS") {
		f.Secure = at("http", values["HTTPSProxy"], values["HTTPSPort"])
	}
	if on("SOCKS") {
		f.Socks = at("socks5h", values["SOCKSProxy"], values["SOCKSPort"])
	}
	if on("ProxyAutoConfig") {
		f.Script = values["ProxyAutoConfigURLString"]
	}
	f.Detect = values["ProxyAutoDiscoveryEnable"] == "1"
	if values["ExcludeSimpleHostnames"] == "1" {
		f.Except = append(f.Except, "<local>")
	}
	return f
}
