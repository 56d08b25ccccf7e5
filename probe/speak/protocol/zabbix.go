package protocol

import (
	"bytes"
	"encoding/binary"
)

// zabbix agents are pinged, servers asked whether they run (Zabbix manual, "Protocols": header, then text or JSON).
func zabbix() *Protocol {
	return &Protocol{Name: "zabbix", Loose: true, Ports: []uint16{10050, 10051}, Ask: func(d *Dialogue) (a Answer) {
		question := "agent.ping"
		if d.Port == 10051 {
			question = `{"request":"status.get","type":"ping"}`
		}
		head := append([]byte("ZBXD\x01"), byte(len(question)), 0, 0, 0, 0, 0, 0, 0)
		reply, err := d.exchange(append(head, question...), 13)
		if err != nil || !bytes.HasPrefix(reply, []byte("ZBXD\x01")) || binary.LittleEndian.Uint32(reply[9:]) != 0 {
			return a
		}
		text, err := d.read(int(min(binary.LittleEndian.Uint32(reply[5:]), maxMessage)))
		a.Spoken = err == nil &&
			(string(text) == "1" || bytes.HasPrefix(text, []byte("ZBX_")) || bytes.Contains(text, []byte(`"response"`)))
		return a
	}}
}
