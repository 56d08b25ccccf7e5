package settings

import "strings"

// parseGNOME reads what "gsettings list-recursively org.gnome.system.proxy" prints, a line for each value in GVariant's text
// form: "org.gnome.system.proxy.http port 3128". Mode "none" is: no proxy, whatever the others say.
func parseGNOME(text string) *Found {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		words := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if group, ours := strings.CutPrefix(words[0], "org.gnome.system.proxy"); ours && len(words) == 3 {
			values[strings.TrimPrefix(group+"."+words[1], ".")] = words[2]
		}
	}
	f := &Found{Source: "GNOME's settings"}
	server := func(kind, name string) string {
		return at(kind, unquoted(values[name+".host"]), values[name+".port"])
	}
	switch unquoted(values["mode"]) {
	case "manual":
		f.Plain, f.Secure, f.Socks = server("http", "http"), server("http", "https"), server("socks5h", "socks")
		if values["use-same-proxy"] == "true" && f.Secure == "" && f.Socks == "" {
			f.Secure = f.Plain
		}
		f.Except = quotedList(values["ignore-hosts"])
	case "auto":
		if f.Script = unquoted(values["autoconfig-url"]); f.Script == "" {
			f.Detect = true
		}
	}
	return f
}

// unquoted is a string of GVariant's text form.
func unquoted(text string) string {
	if all := quotedList(text); len(all) > 0 {
		return all[0]
	}
	return ""
}

// quotedList are the strings in an array of GVariant's text form: ['localhost', "it's"].
func quotedList(text string) (out []string) {
	for text != "" {
		i := strings.IndexAny(text, `'"`)
		if i < 0 {
			return out
		}
		quote := text[i]
		word := []byte{}
		for i++; i < len(text) && text[i] != quote; i++ {
			if text[i] == '\\' && i+1 < len(text) {
				i++
			}
			word = append(word, text[i])
		}
		out, text = append(out, string(word)), text[min(i+1, len(text)):]
	}
	return out
}
