package settings

import "strings"

// parseEnvironment reads /etc/environment (pam_env's): NAME=value, quoted or not, with or without "export". Programs that were not
// started from a login do not have these variables.
func parseEnvironment(text string) *Found {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		value = strings.TrimSpace(value)
		if n := len(value); n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
			value = value[1 : n-1]
		}
		values[strings.ToUpper(strings.TrimSpace(name))] = value
	}
	f := &Found{Source: "/etc/environment", Plain: values["HTTP_PROXY"], Secure: values["HTTPS_PROXY"], Socks: values["ALL_PROXY"]}
	for _, rule := range split(values["NO_PROXY"], ", ") {
		if !strings.ContainsAny(rule, "*/:") && strings.Trim(rule, "0123456789.") != "" && !strings.HasPrefix(rule, ".") {
			rule = "." + rule // a name stands for its domain, too, as with curl
		}
		f.Except = append(f.Except, rule)
	}
	return f
}
