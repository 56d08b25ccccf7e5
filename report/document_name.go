package report

import (
	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// Resolution is what became of the target's name.
type Resolution struct {
	Addresses []string `json:"addresses"`
	Reason    *string  `json:"reason"` // null: no problem
	Duration  *Millis  `json:"duration_ms"`
	Server    *string  `json:"server,omitempty"`
	Withheld  []string `json:"withheld,omitempty"`   // addresses of the name to which nothing is sent
	HostsFile bool     `json:"hosts_file,omitempty"` // this computer's hosts file has the name
	FoundAs   *string  `json:"found_as,omitempty"`   // the name with a search domain appended
	Silent    *string  `json:"silent_family,omitempty"`
	// What name servers said when they were asked directly: of the name, of a name that nobody has, and others of the name.
	Asked    []NameAnswer `json:"asked,omitempty"`
	Invented []NameAnswer `json:"invented,omitempty"`
	Compared []NameAnswer `json:"compared,omitempty"`
	ByProxy  bool         `json:"by_proxy,omitempty"` // the name was left to a proxy
}

// NameAnswer is what one name server said of one name and family.
type NameAnswer struct {
	Server    string          `json:"server"`
	Over      *string         `json:"over,omitempty"`                  // tls or https; absent: as usual
	Untrusted bool            `json:"untrusted_certificate,omitempty"` // of the server, for its address
	Name      string          `json:"name"`
	Family    string          `json:"family"` // ipv4 or ipv6
	End       string          `json:"end"`    // answered, timeout, unreachable or malformed
	RCode     *string         `json:"rcode"`  // null: no answer
	Addresses []string        `json:"addresses"`
	Extended  []ExtendedError `json:"extended_errors,omitempty"`
	Truncated bool            `json:"truncated,omitempty"`
	TCP       *string         `json:"tcp_end,omitempty"` // how asking again over TCP ended
	Duration  *Millis         `json:"duration_ms"`
}

// ExtendedError is an extended DNS error (RFC 8914).
type ExtendedError struct {
	Code uint16  `json:"code"`
	Text *string `json:"text"`
}

func resolutionOf(r *evidence.Resolution) Resolution {
	out := Resolution{
		Addresses: addresses(r.Addresses), Reason: resolutionReason(r), Duration: millis(r.Elapsed), Server: text(r.Server),
		HostsFile: r.HostsFile, ByProxy: r.ByProxy, FoundAs: text(r.FoundAs()), Silent: text(string(r.Silent)),
		Asked: nameAnswers(r.Asked), Invented: nameAnswers(r.Invented), Compared: nameAnswers(r.Compared),
	}
	if len(r.Withheld) > 0 {
		out.Withheld = addresses(r.Withheld)
	}
	return out
}

func nameAnswers(in []evidence.NameAnswer) (out []NameAnswer) {
	for i := range in {
		a := &in[i]
		one := NameAnswer{
			Server: phrase.Clean(
				a.Server.String(),
			), Name: phrase.Clean(a.Name), Family: string(a.Family), End: string(a.End), RCode: text(a.RCode),
			Addresses: addresses(a.Addresses), Truncated: a.Truncated, TCP: text(string(a.TCP)), Duration: millis(a.Elapsed),
			Over: text(a.Over), Untrusted: a.Untrusted,
		}
		for _, e := range a.Extended {
			one.Extended = append(one.Extended, ExtendedError{Code: e.Code, Text: text(e.Text)})
		}
		out = append(out, one)
	}
	return out
}
