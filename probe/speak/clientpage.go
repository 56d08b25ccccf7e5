package speak

import (
	"net/http"
	"strings"
)

// wantsClientCertificate reports whether a page refuses whoever has no client certificate, in the words of the servers
// that finish the handshake and say it then: nginx ("ssl_verify_client on"; its HEAD has the same 400), Apache's mod_ssl
// (TLS 1.3 with SSLVerifyClient for a directory) and IIS (403.7, Microsoft KB 186812 and 942067).
func wantsClientCertificate(status int, body []byte) bool {
	if status != http.StatusBadRequest && status != http.StatusForbidden {
		return false
	}
	text := strings.ToLower(string(body))
	for _, said := range []string{
		"no required ssl certificate was sent", "cannot perform post-handshake authentication",
		"client certificate required", "ssl client certificate is required", "secure sockets layer (ssl) client certificate",
	} {
		if strings.Contains(text, said) {
			return true
		}
	}
	return false
}
