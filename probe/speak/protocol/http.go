package protocol

import (
	"bytes"
	"strings"
)

func http() *Protocol {
	return &Protocol{
		Name: "http", Inside: "https", Ports: []uint16{80, 8000, 8008, 8080, 8081, 3128},
		Often:  append(webPorts(), 6081, 8001, 8082, 8083, 8118, 8888, 9091), // caches, proxies, test servers and panels, by their defaults
		Secure: []uint16{443, 8443, 2376, 5986, 6443, 9443, 10250}, Pages: true,
		Match: func(said []byte, _ bool) (bool, string) {
			if !bytes.HasPrefix(said, []byte("HTTP/")) {
				return looksHTML(said), ""
			}
			for line := range strings.Lines(string(said)) {
				if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Server") {
					return true, strings.TrimSpace(value)
				}
			}
			return true, ""
		},
	}
}

// looksHTML reports whether a page begins without a status line, as HTTP/0.9 answers do.
func looksHTML(said []byte) bool {
	s := strings.ToLower(string(bytes.TrimSpace(said[:min(len(said), 64)])))
	return strings.HasPrefix(s, "<html") || strings.HasPrefix(s, "<!doctype html")
}
