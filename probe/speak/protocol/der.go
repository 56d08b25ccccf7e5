package protocol

// Little of ASN.1's distinguished encoding (X.690), for requests that are a dozen elements, and their answers.

// der is an element with its length before its content.
func der(tag byte, parts ...string) string {
	content := ""
	for _, p := range parts {
		content += p
	}
	switch n := len(content); {
	case n < 0x80:
		return string([]byte{tag, byte(n)}) + content
	case n < 0x100:
		return string([]byte{tag, 0x81, byte(n)}) + content
	default:
		return string([]byte{tag, 0x82, byte(n >> 8), byte(n)}) + content
	}
}

// derInt is an INTEGER of four bytes; the first bit of b is not to be set.
func derInt(b []byte) string { return der(2, string([]byte{b[0] & 0x7f, b[1] | 1, b[2], b[3]})) }

// element takes the first element off b; ok is false where there is none with that tag, or not all of it.
func element(b []byte, tag byte) (content, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, b, false
	}
	n, head := int(b[1]), 2
	if n >= 0x80 {
		bytes := n & 0x7f
		if bytes == 0 || bytes > 4 || len(b) < 2+bytes {
			return nil, b, false
		}
		n = 0
		for _, c := range b[2 : 2+bytes] {
			n = n<<8 | int(c)
		}
		head += bytes
	}
	if n < 0 || n > len(b)-head {
		return nil, b, false
	}
	return b[head : head+n], b[head+n:], true
}

// number takes an INTEGER off b that fits 32 bits.
func number(b []byte) (n int, rest []byte, ok bool) {
	content, rest, ok := element(b, 2)
	if !ok || len(content) == 0 || len(content) > 4 {
		return 0, b, false
	}
	n = int(int8(content[0]))
	for _, c := range content[1:] {
		n = n<<8 | int(c)
	}
	return n, rest, true
}
