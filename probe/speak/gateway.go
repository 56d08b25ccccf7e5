package speak

import (
	"cmp"
	"net/http"
	"strings"
)

// gateways are what programs and services that stand before others write into Server or Via, in lower case.
var gateways = []string{
	"cloudflare", "cloudfront", "awselb", "akamai", "varnish", "envoy", "istio", "haproxy", "traefik", "squid", "bigip", "big-ip",
	"google frontend", "heroku", "fastly", "litespeed-lb", "kong", "apisix", "zscaler", "netscaler", "imperva", "incapsula", "azure",
}

// gatewayPages are the words of pages (503) that have no other mark, and whose they are: HAProxy; Traefik 2 and 3; Envoy; Apache's,
// which it writes only where what it passes requests on to does not answer (mod_proxy); Varnish.
var gatewayPages = map[string]string{
	"No server is available to handle this request.":    "HAProxy",
	"no available server":                               "Traefik",
	"no healthy upstream":                               "Envoy",
	"upstream connect error or disconnect/reset before": "Envoy",
	"Backend fetch failed":                              "Varnish",
	"due to maintenance downtime or capacity":           "Apache",
}

// gateway names who says, by an answer, that the service behind it can't be reached: 502 and 504 are only a gateway's (RFC
// 9110, 15.6.3, 15.6.5), 520 to 527 and 530 Cloudflare's; 503 is one where it names itself. "" where it is not said.
func gateway(h http.Header, status int, body []byte) string {
	server, via := h.Get("Server"), h.Get("Via")
	switch {
	case status == http.StatusBadGateway, status == http.StatusGatewayTimeout, status >= 520 && status <= 527, status == 530:
		return cut(cmp.Or(server, via, "a gateway"), maxName)
	case status != http.StatusServiceUnavailable:
		return ""
	case h.Get("X-Azure-Ref") != "": // Azure Front Door
		return "Azure"
	}
	for words, who := range gatewayPages {
		if strings.Contains(string(body), words) {
			return who
		}
	}
	for _, name := range gateways {
		if strings.Contains(strings.ToLower(server), name) || strings.Contains(strings.ToLower(via), name) {
			return cut(cmp.Or(server, via), maxName)
		}
	}
	return ""
}
