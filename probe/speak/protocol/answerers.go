package protocol

// Protocols that show themselves by what they say to a HTTP request.

func rtsp() *Protocol {
	return &Protocol{
		Name: "rtsp", Loose: true, Ports: []uint16{554, 8554}, Match: prefixed("RTSP/1."),
		// What can be asked for (RFC 2326, 10.1).
		Ask: asking("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: whyport\r\n\r\n", `^RTSP/[12]\.0 \d{3}`),
	}
}
