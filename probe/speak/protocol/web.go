package protocol

import (
	nethttp "net/http"
	"regexp"
	"slices"
	"strings"
)

// web is a product that shows itself in answers to HTTP requests, by its maker's documentation.
type web struct {
	name  string
	ports []uint16 // where it is usual
	// header is a field that only this product sends; a * at its end: of that beginning. value is what the field says, and its
	// first group the version; "": whatever it says.
	header, value string
	// path is asked for, on its usual ports only, where the answer to the first request does not tell; body is what is in its
	// answer (the first group is the version), status the answer's, where that is not any.
	path, body string
	status     []int
}

// webPorts are those of the products: HTTP is usual there, and others are, too.
func webPorts() (ports []uint16) {
	for _, w := range webs() {
		ports = append(ports, w.ports...)
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// WebPaths are what is asked for on a port where the first answer does not tell the product.
func WebPaths(port uint16) (paths []string) {
	for _, w := range webs() {
		if w.path != "" && slices.Contains(w.ports, port) && !slices.Contains(paths, w.path) {
			paths = append(paths, w.path)
		}
	}
	return paths
}

// WebProduct names the product that an answer is of, with its version where that is said; "" where nothing tells. path is what
// was asked for.
func WebProduct(path string, status int, h nethttp.Header, body []byte) string {
	for _, w := range webs() {
		if name := w.of(path, status, h, body); name != "" {
			return name
		}
	}
	return ""
}

// of is the product with its version if the answer is its; "" otherwise.
func (w *web) of(path string, status int, h nethttp.Header, body []byte) string {
	known := len(w.status) == 0 || w.path == path && slices.Contains(w.status, status)
	if is, version := w.says(h); is && known {
		return strings.TrimSpace(w.name + " " + version)
	}
	if w.body == "" || w.path != path || !known {
		return ""
	}
	m := regexp.MustCompile(w.body).FindSubmatch(body)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(w.name + " " + string(append(m, nil)[1]))
}

// says reports whether the field is there, and the version in it.
func (w *web) says(h nethttp.Header) (is bool, version string) {
	for field, values := range h {
		begin, any := strings.CutSuffix(w.header, "*")
		if len(values) == 0 || !(strings.EqualFold(field, w.header) || any && len(field) > len(begin) && strings.EqualFold(field[:len(begin)], begin)) {
			continue
		}
		m := regexp.MustCompile(w.value).FindStringSubmatch(values[0])
		if m == nil {
			continue
		}
		if len(m) > 1 {
			version = m[1]
		}
		return true, version
	}
	return false, ""
}
