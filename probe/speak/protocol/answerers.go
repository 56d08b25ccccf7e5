package protocol

import (
	"bytes"
)

// Protocols that show themselves by what they say to a ClientHello or a HTTP request.

func rtsp() *Protocol { return &Protocol{Name: "rtsp", Match: prefixed("RTSP/1.")} }

func amqp() *Protocol { return &Protocol{Name: "amqp", Match: prefixed("AMQP")} }

func mongodb() *Protocol {
	return &Protocol{Name: "mongodb", Match: func(said []byte, _ bool) (bool, string) {
		return bytes.Contains(said, []byte("MongoDB over HTTP")), ""
	}}
}
