package protocol

import "fmt"

// iperf3 begins a test and ends it before anything is measured (iperf3's source, iperf_api.h: 9 is "exchange parameters",
// 10 "create streams", 16 "done").
func iperf3() *Protocol {
	return &Protocol{Name: "iperf3", Loose: true, Ports: []uint16{5201}, Bye: "\x10", Ask: func(d *Dialogue) (a Answer) {
		nonce := fresh()
		state, err := d.exchange(fmt.Appendf(nil, "%032x....\x00", nonce[:]), 1)
		if err != nil || d.Unread() > 0 {
			return a
		}
		if state[0] == 9 {
			state, err = d.exchange(sized(4, []byte(`{"tcp":true,"omit":0,"time":1,"parallel":1,"len":1024,"client_version":"3.12"}`)), 1)
			a.Spoken = err == nil && state[0] == 10 && d.Unread() == 0
		}
		return a
	}}
}
