package speak

import "strings"

const (
	xmppClient = "jabber:client"
	xmppServer = "jabber:server" // port 5269
	maxStanza  = 32 << 10
)

// upgradeXMPP: RFC 6120 section 5. The answer is searched as text: a stream is not a document, and
// what matters of it are three names.
func upgradeXMPP(d *dialogue) upgraded {
	space := xmppClient
	if d.port == 5269 {
		space = xmppServer
	}
	to := ""
	if d.name != "" {
		to = " to='" + strings.NewReplacer("&", "&amp;", "'", "&apos;", "<", "&lt;").Replace(d.name) + "'"
	}
	open := "<?xml version='1.0'?><stream:stream" + to + " xmlns='" + space +
		"' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
	if d.say(open) != nil {
		return upgraded{}
	}
	features, err := d.until("</stream:features>", "<stream:features/>", "</stream:error>", "</stream:stream>")
	out := upgraded{spoken: strings.Contains(features, "<stream:stream") || strings.Contains(features, "<stream:features")}
	switch {
	case err != nil && !out.spoken:
		return upgraded{}
	case strings.Contains(features, "</stream:error>") || err != nil: // nothing was offered or denied
		out.stranger = strings.Contains(features, "<host-unknown") || strings.Contains(features, "<improper-addressing")
		return out
	case !strings.Contains(features, "<starttls"):
		out.how = upgradeNotOffered
		return out
	}
	if d.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") != nil {
		return out
	}
	answer, err := d.until("/>", "</proceed>", "</failure>")
	if err == nil {
		out.how = answered(strings.Contains(answer, "<proceed"), true)
	}
	return out
}

// until reads text up to and including the first of the ends.
func (d *dialogue) until(ends ...string) (string, error) {
	var b strings.Builder
	for b.Len() < maxStanza {
		c, err := d.in.ReadByte()
		if err != nil {
			return b.String(), err
		}
		b.WriteByte(c)
		if c != '>' {
			continue
		}
		for _, end := range ends {
			if strings.HasSuffix(b.String(), end) {
				return b.String(), nil
			}
		}
	}
	return b.String(), errLong
}
