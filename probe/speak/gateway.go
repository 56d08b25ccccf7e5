package speak

import (
	"cmp"
	"net/http"
	"strings"
)

// gateways are what programs and services that stand before others write into Server or Via, in lower case.
var gateways = []string{
	"cloudflare", "cloudfront", "awselb", "akamai", "varnish", "envoy", "istio", "haproxy", "traefik", "squid", "bigip", "big-ip",
	"google frontend", "fastly", "litespeed-lb", "kong", "apisix", "zscaler", "netscaler", "imperva", "incapsula", "azure",
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
	case strings.Contains(string(body), "No server is available to handle this request."):
		return "HAProxy" // its page, which has no other mark
	}
	for _, name := range gateways {
		if strings.Contains(strings.ToLower(server), name) || strings.Contains(strings.ToLower(via), name) {
			return cut(cmp.Or(server, via), maxName)
		}
	}
	return ""
}
