package socket

import (
	"net/netip"
	"syscall"
	"testing"
	"unsafe"

	"whyport/probe/evidence"
)

func TestErrnoNameComparesNumbers(t *testing.T) {
	for number, want := range map[syscall.Errno]string{
		10013: "EACCES", 10022: "EINVAL", 10024: "EMFILE", 10045: "EOPNOTSUPP", 10047: "EAFNOSUPPORT", 10048: "EADDRINUSE", 10049: "EADDRNOTAVAIL",
		10050: "ENETDOWN", 10051: "ENETUNREACH", 10052: "ENETRESET", 10053: "ECONNABORTED", 10054: "ECONNRESET", 10055: "ENOBUFS",
		10057: "ENOTCONN",
		10060: "ETIMEDOUT", 10061: "ECONNREFUSED", 10064: "EHOSTDOWN", 10065: "EHOSTUNREACH", 9: "EOTHER",
		1225: "ECONNREFUSED", 1231: "ENETUNREACH", 1232: "EHOSTUNREACH", 121: "ETIMEDOUT",
	} {
		if got := errnoName(number); got != want {
			t.Errorf("%d: %s, want %s", number, got, want)
		}
	}
}

func TestICMPErrorInfo(t *testing.T) {
	v4, v6 := make([]byte, 36), make([]byte, 36)
	v4[0], v6[0] = 2, 23 // AF_INET, AF_INET6
	copy(v4[4:], []byte{192, 0, 2, 1})
	copy(v6[8:], netip.MustParseAddr("2001:db8::1").AsSlice())
	v4[28], v4[32], v4[33] = 1, 3, 13
	v6[28], v6[32], v6[33] = 58, 1, 4
	for _, c := range []struct {
		info []byte
		want evidence.ICMP
	}{
		{v4, evidence.ICMP{Type: 3, Code: 13, From: netip.MustParseAddr("192.0.2.1")}},
		{v6, evidence.ICMP{Type: 1, Code: 4, From: netip.MustParseAddr("2001:db8::1")}},
	} {
		if got := icmpErrorInfo(c.info); got == nil || *got != c.want {
			t.Errorf("%+v, want %+v", got, c.want)
		}
	}
	for _, none := range [][]byte{nil, v4[:30], make([]byte, 36)} {
		if got := icmpErrorInfo(none); got != nil {
			t.Errorf("%+v out of % x", got, none)
		}
	}
}

// The sizes are those of the Windows SDK's structures.
func TestLayoutOfTCPInfo(t *testing.T) {
	var i tcpInfoV0
	if size, window := unsafe.Sizeof(i), unsafe.Offsetof(i.sndWnd); size != 88 || window != 36 {
		t.Errorf("size %d, window at %d", size, window)
	}
}
