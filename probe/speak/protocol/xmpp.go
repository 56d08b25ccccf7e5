package protocol

import "strings"

const (
	xmppClient = "jabber:client"
	xmppServer = "jabber:server" // port 5269
	maxStanza  = 32 << 10
)

// upgradeXMPP: RFC 6120 section 5. The answer is searched as text: a stream is not a document, and
// what matters of it are three names.
func upgradeXMPP(d *Dialogue) Upgraded {
	space := xmppClient
	if d.Port == 5269 {
		space = xmppServer
	}
	to := ""
	if d.Name != "" {
		to = " to='" + strings.NewReplacer("&", "&amp;", "'", "&apos;", "<", "&lt;").Replace(d.Name) + "'"
	}
	open := "<?xml version='1.0'?><stream:stream" + to + " xmlns='" + space +
		"' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
	if d.Say(open) != nil {
		return Upgraded{}
	}
	features, err := d.until("</stream:features>", "<stream:features/>", "</stream:error>", "</stream:stream>")
	out := Upgraded{Spoken: strings.Contains(features, "<stream:stream") || strings.Contains(features, "<stream:features")}
	switch {
	case err != nil && !out.Spoken:
		return Upgraded{}
	case strings.Contains(features, "</stream:error>") || err != nil: // nothing was offered or denied
		out.Stranger = strings.Contains(features, "<host-unknown") || strings.Contains(features, "<improper-addressing")
		return out
	case !strings.Contains(features, "<starttls"):
		out.How = UpgradeNotOffered
		return out
	}
	if d.Say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") != nil {
		return out
	}
	answer, err := d.until("/>", "</proceed>", "</failure>")
	if err == nil {
		out.How = answered(strings.Contains(answer, "<proceed"), true)
	}
	return out
}

// until reads text up to and including the first of the ends.
func (d *Dialogue) until(ends ...string) (string, error) {
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

func xmpp() *Protocol {
	return &Protocol{
		Name: "xmpp", Ports: []uint16{5222, 5269}, Upgrade: upgradeXMPP,
		Match: func(said []byte, _ bool) (bool, string) {
			text := string(said)
			return strings.Contains(text, "<stream:") || strings.Contains(text, "jabber:"), ""
		},
	}
}
