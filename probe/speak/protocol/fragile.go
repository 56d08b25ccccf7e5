package protocol

// fragile are ports whose devices print or obey whatever is sent, or have been seen to stop at what they do not expect: machines,
// building technology, medical devices and printers. They get a TCP connection and are listened to, unless TLS is asked for by name.
// That such devices fail when they are scanned: NIST SP 800-82 Rev. 3 (2023), sections 5 and 6; the ports are those of IANA's registry
// and of the vendors' documents named here.
//
// Over UDP nothing can be learned without a datagram. BACnet/IP (47808/udp) gets a single zero, which is no BVLC message: its first
// byte would be 0x81 (ASHRAE 135, Annex J), and receivers drop others.
func fragile() *Protocol {
	return &Protocol{Quiet: true, Ports: []uint16{
		102,                                            // ISO transport: Siemens S7, IEC 61850 MMS (RFC 1006)
		104,                                            // DICOM, by its old number (DICOM PS3.8)
		502,                                            // Modbus (Modbus Messaging on TCP/IP Implementation Guide V1.0b)
		515,                                            // LPD: prints what it takes for a job (RFC 1179)
		789,                                            // Crimson, Red Lion (vendor's configuration protocol)
		1911,                                           // Niagara Fox, Tridium
		2404,                                           // IEC 60870-5-104
		2575,                                           // HL7 over MLLP (IANA hl7)
		4840,                                           // OPC UA: would have to be greeted with its own HEL (OPC 10000-6)
		9100, 9101, 9102, 9103, 9104, 9105, 9106, 9107, // raw printing: a ClientHello or HEAD would come out on paper
		9600,  // FINS, OMRON
		11112, // DICOM (IANA dicom)
		18245, // SRTP, GE
		20000, // DNP3 (IEEE 1815)
		44818, // EtherNet/IP (IANA EtherNet-IP-2)
	}}
}
