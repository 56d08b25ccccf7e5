package protocol

import (
	"encoding/binary"
	"strings"
)

// sqlBrowser lists the instances of a SQL Server (MC-SQLR 2.2.1: CLNT_BCAST_EX is 2, CLNT_UCAST_EX 3; 2.2.5: SVR_RESP).
func sqlBrowser() *Protocol {
	return &Protocol{Name: "sql-browser", UDP: &Datagram{
		Ports: []uint16{1434},
		Ask:   func([16]byte, uint16) []byte { return []byte{3} },
		Read: func(reply, _ []byte) (a Answer, ok bool) {
			if len(reply) < 3 || reply[0] != 5 || int(binary.LittleEndian.Uint16(reply[1:])) != len(reply)-3 {
				return a, false
			}
			fields := strings.Split(string(reply[3:]), ";")
			for i := 0; i+1 < len(fields); i++ {
				switch value := fields[i+1]; {
				case fields[i] == "Version" && a.Product == "" && printable([]byte(value)):
					a.Product = "SQL Server " + value
				case fields[i] == "tcp" && value != "" && strings.Trim(value, "0123456789") == "" && len(a.Refers) < maxRefers:
					a.Refers = append(a.Refers, ":"+value) // an instance's port, on the same address
				}
			}
			return a, true
		},
	}}
}
