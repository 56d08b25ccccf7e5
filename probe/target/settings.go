package target

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxSettings is the most that a program's settings may have, in bytes; keys and certificates stand in them, too.
const maxSettings = 1 << 20

// settings are files in which programs keep the servers that they connect to, by their ending or whole name.
var settings = []struct {
	names []string
	what  string
	read  func(text string) ([]string, error)
}{
	{[]string{".rdp"}, "a file of Remote Desktop", rdpServers},
	{[]string{".ovpn"}, "a profile of OpenVPN", ovpnServers},
	{[]string{".kubeconfig", "kubeconfig", "config", "admin.conf"}, "a kubeconfig", kubeServers},
}

// Settings are the targets that a file names which is another program's; is says that name stands for such a file. Nothing else
// of it is kept or shown: there are passwords and keys in it.
func Settings(name string) (inputs []string, is bool, err error) {
	base, ending := strings.ToLower(filepath.Base(name)), strings.ToLower(filepath.Ext(name))
	for _, kind := range settings {
		byName := slices.Contains(kind.names, base)
		if !byName && (ending == "" || !slices.Contains(kind.names, ending)) {
			continue
		}
		text, err := readSettings(name)
		if err != nil && byName {
			return nil, false, nil // a server may be called so
		}
		if err == nil {
			inputs, err = kind.read(text)
		}
		if err != nil && byName && !strings.ContainsAny(name, `/\`) {
			return nil, false, nil
		}
		if err != nil {
			return nil, true, wrong("%s is not "+kind.what+" that can be read: "+err.Error(),
				"type the server that stands in it: whyport server.example -p 443", ShownFile(name))
		}
		return inputs, true, nil
	}
	return nil, false, nil
}

func readSettings(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", problem("it can't be opened")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSettings+1))
	text, plain := PlainText(data)
	switch {
	case err != nil:
		return "", problem("it can't be read")
	case len(data) > maxSettings:
		return "", problem("it is larger than 1 MB")
	case !plain:
		return "", problem("it is not text")
	}
	return text, nil
}

// problem is what is wrong with a file, for the end of a sentence.
type problem string

func (p problem) Error() string { return string(p) }

// rdpServers reads name:type:value lines (Microsoft, "Supported RDP properties"). Where the gateway is always used, the
// computer behind it is asked from there, not from here.
func rdpServers(text string) ([]string, error) {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && len(value) > 2 {
			values[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value[2:])
		}
	}
	var out []string
	usage := values["gatewayusagemethod"]
	gateway := values["gatewayhostname"]
	if gateway != "" && usage != "0" && usage != "4" {
		host, port, has := splitPort(gateway)
		if !has {
			port = "443"
		}
		out = append(out, "https://"+host+":"+port)
	}
	server := values["full address"]
	if server != "" && (usage != "1" || len(out) == 0) {
		host, port, has := splitPort(server)
		if !has {
			if port = values["server port"]; port == "" {
				port = "3389"
			}
		}
		out = append(out, "rdp://"+bracketed(host)+":"+port)
	}
	if len(out) == 0 {
		return nil, problem("it names no server (full address)")
	}
	return out, nil
}

// bracketed is a host as a URL has it.
func bracketed(host string) string {
	if strings.Count(host, ":") > 1 && !strings.HasPrefix(host, "[") {
		return "[" + host + "]"
	}
	return host
}

// ovpnServers reads remote, port and proto (OpenVPN's reference manual), also inside <connection>; other blocks are keys.
func ovpnServers(text string) ([]string, error) {
	port, protocol, block := "1194", "udp", ""
	type remote struct{ host, port, protocol string }
	var remotes []remote
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#") || strings.HasPrefix(words[0], ";"):
		case block != "":
			if words[0] == "</"+block+">" {
				block = ""
			}
		case strings.HasPrefix(words[0], "<") && words[0] != "<connection>" && words[0] != "</connection>":
			block = strings.Trim(words[0], "</>")
		case len(words) < 2:
		case words[0] == "port" || words[0] == "rport":
			port = words[1]
		case words[0] == "proto":
			protocol = words[1]
		case words[0] == "remote":
			words = append(words, "", "")
			remotes = append(remotes, remote{words[1], words[2], words[3]})
		}
	}
	var out []string
	for _, r := range remotes {
		if r.port == "" {
			r.port = port
		}
		if r.protocol == "" {
			r.protocol = protocol
		}
		scheme := "openvpn"
		if strings.HasPrefix(r.protocol, "tcp") {
			scheme = "openvpn-tcp"
		}
		if input := scheme + "://" + net.JoinHostPort(r.host, r.port); !slices.Contains(out, input) {
			out = append(out, input)
		}
	}
	if len(out) == 0 {
		return nil, problem("it names no server (remote)")
	}
	return out, nil
}
