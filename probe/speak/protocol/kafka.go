package protocol

import (
	"bytes"
	"encoding/binary"
	"net"
	"strconv"
)

// kafka asks which requests a broker knows (Kafka protocol guide, ApiVersions 0), then where it sends clients (Metadata 1,
// for no topics): clients speak only to those addresses.
func kafka() *Protocol {
	return &Protocol{Name: "kafka", Ports: []uint16{9092}, Secure: []uint16{9093}, Ask: func(d *Dialogue) (a Answer) {
		reply, ok := d.kafka(18, 0, nil)
		if !ok || len(reply) < 6 || be16(reply) > 120 || be32(reply[2:]) > 200 || len(reply) != 6+6*int(be32(reply[2:])) {
			return a
		}
		a.Spoken = true
		if reply, ok = d.kafka(3, 1, []byte{0, 0, 0, 0}); ok {
			a.Refers = brokers(reply)
		}
		return a
	}}
}

// kafka says one request and reads its answer; the number that it gives back tells that it is that.
func (d *Dialogue) kafka(key, version byte, body []byte) (reply []byte, ok bool) {
	nonce := fresh()
	request := append([]byte{0, key, 0, version}, nonce[:4]...)
	request = append(append(request, "\x00\x07whyport"...), body...)
	if d.Say(string(sized(4, request))) != nil {
		return nil, false
	}
	reply, err := d.sizedReply(4)
	if err != nil || len(reply) < 4 || !bytes.Equal(reply[:4], nonce[:4]) {
		return nil, false
	}
	return reply[4:], true
}

// brokers of a Metadata response: number, host, port, rack each.
func brokers(b []byte) (out []string) {
	if len(b) < 4 {
		return nil
	}
	n := be32(b)
	b = b[4:]
	for range min(n, maxRefers) {
		if len(b) < 6 || len(b) < 6+be16(b[4:])+6 {
			return out
		}
		end := 6 + be16(b[4:])
		host, port := b[6:end], binary.BigEndian.Uint32(b[end:])
		rack := int(int16(be16(b[end+4:])))
		b = b[end+6:]
		if rack > len(b) {
			return out
		}
		b = b[max(rack, 0):]
		if port > 0 && port < 1<<16 && len(host) > 0 && printable(host) {
			out = append(out, net.JoinHostPort(string(host), strconv.Itoa(int(port))))
		}
	}
	return out
}

// maxRefers bounds the addresses that are kept.
const maxRefers = 32
