package report

import (
	"fmt"
	"strings"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

func speechEvidence(s *evidence.Speech) (out []Evidence) {
	if s == nil {
		return nil
	}
	if b := s.Banner; b != nil {
		signal := "spoke-first"
		if b.Provoked {
			signal = "answered"
		}
		out = append(out, Evidence{"banner", signal, fmt.Sprintf("%d bytes after %s", len(b.Bytes), phrase.Duration(b.After))})
	}
	if t := s.TLS; t != nil && t.State != evidence.TLSNotTried {
		out = append(out, Evidence{"tls", string(t.State), tlsDetail(t)})
		for _, v := range t.Variants {
			out = append(out, Evidence{"tls-" + v.Kind, string(v.State), "after " + phrase.Duration(v.After)})
		}
	}
	if t := s.TLS; t != nil && t.State == evidence.TLSNotTried && len(t.Notes) > 0 {
		out = append(out, Evidence{"starttls", phrase.Clean(strings.TrimPrefix(t.Notes[0], "starttls-")), phrase.Clean(t.StartTLS)})
	}
	if h := s.HTTP; h != nil {
		detail := fmt.Sprintf("status %d, server %q", h.Status, phrase.Clean(h.Server))
		for _, field := range [][2]string{{"location", h.Location}, {"sends browsers to", h.Refresh}, {"via", h.Via}, {"page of", h.BlockPage}} {
			if field[1] != "" {
				detail += fmt.Sprintf(", %s %q", field[0], phrase.Clean(field[1]))
			}
		}
		out = append(out, Evidence{"http", "answered", detail})
	}
	if s.Identified != "" {
		out = append(out, Evidence{"protocol", "identified", strings.TrimSpace(phrase.Clean(s.Identified) + " " + phrase.Clean(s.Product))})
	}
	if f := s.FTP; f != nil {
		out = append(
			out,
			Evidence{"ftp-passive", phrase.Clean(f.Passive), strings.TrimSpace(phrase.Clean(f.Mode) + " " + phrase.Clean(f.Why))},
		)
	}
	return out
}

func tlsDetail(t *evidence.TLS) string {
	parts := []string{"after " + phrase.Duration(t.Handshake)}
	if t.StartTLS != "" {
		parts = append(parts, "after STARTTLS of "+phrase.Clean(t.StartTLS))
	}
	for _, s := range []string{t.Version, t.CipherSuite, t.Alert, t.Problem} {
		if s != "" && (s == t.Problem || !strings.Contains(t.Problem, s)) {
			parts = append(parts, phrase.Clean(s))
		}
	}
	if v := t.Verification; v != nil && v.Error != "" {
		parts = append(parts, "certificate: "+phrase.Clean(v.Error))
	}
	return strings.Join(parts, ", ")
}
