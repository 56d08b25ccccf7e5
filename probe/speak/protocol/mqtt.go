package protocol

import "strconv"

// mqtt connects without a user's name (MQTT 3.1.1, 3.1) and disconnects (3.14); every broker answers CONNACK, if only to ask
// for a name.
func mqtt() *Protocol {
	return &Protocol{
		Name: "mqtt", Ports: []uint16{1883}, Secure: []uint16{8883}, Bye: "\xe0\x00",
		Ask: func(d *Dialogue) (a Answer) {
			reply, err := d.exchange([]byte("\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00"), 4)
			if err != nil || reply[0] != 0x20 || reply[1] != 2 || reply[2] > 1 || reply[3] > 5 && reply[3] < 0x80 || d.Unread() > 0 {
				return a
			}
			a.Spoken = true
			switch reply[3] { // 3.2.2.3
			case 0:
			case 3:
				a.Code, a.Refused = "server unavailable", true
			case 4, 5:
				a.Code = "a sign-in is needed"
			default:
				a.Code = "return code " + strconv.Itoa(int(reply[3]))
			}
			return a
		},
	}
}
