package protocol

import (
	"bytes"
	"io"
	"strings"
)

// mysqlSSL is a capability flag of the server's first packet, in its lower two bytes.
const mysqlSSL = 0x0800

// mysqlRequest is SSLRequest, packet 1: capabilities SSL, PROTOCOL_41 and SECURE_CONNECTION, 16 MiB packets, utf8.
const mysqlRequest = "\x20\x00\x00\x01" + "\x00\x8a\x00\x00" + "\x00\x00\x00\x01" + "\x21" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// matchMySQL: a packet 0 with protocol version 10 and a version string, or an error packet ("Host is
// not allowed to connect").
func matchMySQL(said []byte, usual bool) (bool, string) {
	if len(said) < 6 || said[3] != 0 || said[2] != 0 {
		return false, ""
	}
	switch said[4] {
	case 10:
		version, _, ok := mysqlGreeting(said)
		if !ok {
			return false, ""
		}
		// MariaDB puts "5.5.5-" before its version, for old replicas.
		if v, ok := strings.CutPrefix(version, "5.5.5-"); ok && strings.Contains(v, "MariaDB") {
			version = v
		}
		if strings.Contains(version, "MariaDB") {
			return true, version
		}
		return true, "MySQL " + version
	case 0xff:
		return len(said) > 7 && (usual || bytes.Contains(said, []byte("allowed to connect"))), ""
	}
	return false, ""
}

// mysqlGreeting takes the version and the capabilities (the lower half) out of a handshake packet:
// version string, NUL, thread (4), scramble (8), filler (1), capabilities (2).
func mysqlGreeting(said []byte) (version string, capabilities uint16, ok bool) {
	end := bytes.IndexByte(said[5:], 0)
	if end < 1 || end > 100 || !printable(said[5:5+end]) {
		return "", 0, false
	}
	i := 5 + end + 1 + 4 + 8 + 1
	if len(said) < i+2 {
		return "", 0, false
	}
	return string(said[5 : 5+end]), uint16(said[i]) | uint16(said[i+1])<<8, true
}

// upgradeMySQL: the capability says whether TLS is offered; there is no answer to SSLRequest.
func upgradeMySQL(d *Dialogue) Upgraded {
	_, product := matchMySQL(d.Greeting, true)
	out := Upgraded{Spoken: true, Product: product}
	if len(d.Greeting) < 6 || d.Greeting[4] != 10 {
		return out // turned away
	}
	_, capabilities, ok := mysqlGreeting(d.Greeting)
	switch {
	case !ok:
	case capabilities&mysqlSSL == 0:
		out.How = UpgradeNotOffered
	case d.Say(mysqlRequest) == nil:
		out.How = UpgradeReady
	}
	return out
}

func mysql() *Protocol {
	return &Protocol{
		Name: "mysql", Ports: []uint16{3306}, First: Server, Match: matchMySQL, Upgrade: upgradeMySQL,
		End: endMySQL,
		Whole: func(said []byte) bool {
			return len(said) > 4 && int(said[0])|int(said[1])<<8|int(said[2])<<16 <= len(said)-4
		},
		Refused: func(said []byte) (refused, busy bool) { return len(said) > 4 && said[4] == 0xff, crowded(said) },
	}
}

// mysqlNobody is what follows the number of a HandshakeResponse41: PROTOCOL_41, SECURE_CONNECTION and PLUGIN_AUTH, 16 MiB
// packets, utf8, no user, no password, and the plugin's name.
const mysqlNobody = "\x00\x82\x08\x00" + "\x00\x00\x00\x01" + "\x21" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00" + "\x00" + "mysql_native_password\x00"

// endMySQL brings the handshake to its end in nobody's name: a server counts a connection that ends before as an error of
// this computer, and shuts it out after max_connect_errors of them. It denies access, or, where it lets nobody in
// (an anonymous account), is told COM_QUIT.
func endMySQL(d *Dialogue, inside bool) {
	number := byte(1)
	if inside {
		number = 2 // the request for TLS was 1
	}
	body := mysqlNobody
	for range 4 {
		if d.Say(string([]byte{byte(len(body)), 0, 0, number})+body) != nil {
			return
		}
		answer, err := d.mysqlPacket()
		switch {
		case err != nil || len(answer) < 5:
			return
		case answer[4] == 0:
			_ = d.Say("\x01\x00\x00\x00\x01") // COM_QUIT
			return
		case answer[4] != 0xfe: // not a wish for another plugin
			return
		}
		number, body = answer[3]+1, ""
	}
}

// mysqlPacket reads a short packet with its header.
func (d *Dialogue) mysqlPacket() ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(d.in, head); err != nil {
		return nil, err
	}
	n := int(head[0]) | int(head[1])<<8 | int(head[2])<<16
	if n > maxLine {
		return nil, errLong
	}
	body := make([]byte, n)
	_, err := io.ReadFull(d.in, body)
	return append(head, body...), err
}
