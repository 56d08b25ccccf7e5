package protocol

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
)

func says(text string) func([]byte) []byte { return func([]byte) []byte { return []byte(text) } }

func hexed(text string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err)
	}
	return string(b)
}

// kafkaLike answers ApiVersions and Metadata as the protocol's guide has them.
func kafkaLike(asked []byte) []byte {
	head := string(asked[8:12])
	if asked[5] == 18 {
		return sized(4, []byte(head+"\x00\x00\x00\x00\x00\x02\x00\x03\x00\x00\x00\x09\x00\x12\x00\x00\x00\x03"))
	}
	return sized(4, []byte(head+"\x00\x00\x00\x02"+"\x00\x00\x00\x01\x00\x07kafka-1\x00\x00\x23\x84\xff\xff"+"\x00\x00\x00\x02\x00\x07kafka-2\x00\x00\x23\x85\x00\x02r1"+
		"\x00\x00\x00\x01\x00\x00\x00\x00"))
}

// mongoLike is a member of a replica set.
func mongoLike(asked []byte) []byte {
	text := func(kind, name, value string) string {
		return kind + name + "\x00" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(value)+1))) + value + "\x00"
	}
	document := func(fields string) string {
		return string(binary.LittleEndian.AppendUint32(nil, uint32(len(fields)+5))) + fields + "\x00"
	}
	hello := document("\x08ismaster\x00\x01" + "\x04hosts\x00" + document(text("\x02", "0", "mongo-1:27017")+text("\x02", "1", "mongo-2:27017")) +
		text("\x02", "setName", "rs0") + "\x10maxWireVersion\x00\x15\x00\x00\x00" + "\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0\x3f")
	reply := "\x01\x00\x00\x00" + string(asked[4:8]) + "\x01\x00\x00\x00" + strings.Repeat("\x00", 16) + "\x01\x00\x00\x00" + hello
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(reply)+4)), reply...)
}

func nrpeLike(asked []byte) []byte {
	b := make([]byte, 1036)
	b[1], b[3] = 2, 2
	copy(b[10:], "NRPE v4.1.0")
	whole := slices.Clone(asked)
	clear(whole[4:8])
	if binary.BigEndian.Uint32(asked[4:]) != crc32.ChecksumIEEE(whole) {
		return nil
	}
	return b
}

// iperf3Like wants parameters (9), then streams (10).
func iperf3Like(asked []byte) []byte {
	if len(asked) == 37 {
		return []byte{9}
	}
	return []byte{10}
}

func quicLike(asked []byte) []byte {
	if len(asked) < 1200 {
		return nil
	}
	return slices.Concat([]byte("\x80\x00\x00\x00\x00\x08"), asked[15:23], []byte{8}, asked[6:14], []byte("\x00\x00\x00\x01\x6b\x33\x43\xcf\x1a\x2a\x3a\x4a"))
}

func l2tpLike(kind string) func([]byte) []byte {
	return func(asked []byte) []byte {
		i := strings.Index(string(asked), "\x00\x00\x00\x09")
		avps := "\x80\x08\x00\x00\x00\x00\x00" + kind + "\x80\x08\x00\x00\x00\x02\x01\x00" + "\x00\x0d\x00\x00\x00\x08xelesrv"
		return []byte("\xc8\x02\x00" + string([]byte{byte(12 + len(avps))}) + string(asked[i+4:i+6]) + "\x00\x00\x00\x00\x00\x01" + avps)
	}
}

// What servers say by their documents, for those that are not recorded.
func TestQuestions(t *testing.T) {
	repeats := func(from, to int, before, after string) func([]byte) []byte {
		return func(asked []byte) []byte { return []byte(before + string(asked[from:to]) + after) }
	}
	prelogin := "\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x0f\x00\x07\xd0\x00\x00\x03"
	for _, tc := range []struct {
		name          string
		port          uint16 // 0: the row's first
		answer        func(asked []byte) []byte
		product, code string
		refused       bool
	}{
		{"kafka", 0, kafkaLike, "", "", false},
		{"mongodb", 0, mongoLike, "wire version 21", "", false},
		{"mssql", 0, says("\x04\x01\x00\x1a\x00\x00\x01\x00" + prelogin), "SQL Server 15.0.2000, encryption required", "", false},
		{"oracle-tns", 0, says("\x00\x55\x00\x00\x04\x00\x00\x00\x22\x00\x00\x49(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=0)(ALIAS=LISTENER))             "), "Oracle 19.0.0", "", false},
		{"oracle-tns", 0, says("\x00\x08\x00\x00\x0b\x00\x00\x00"), "", "", false},
		{"cassandra", 0, repeats(2, 4, "\x84\x00", "\x06\x00\x00\x00\x18\x00\x01\x00\x0bCQL_VERSION\x00\x01\x00\x053.4.5"), "CQL 3.4.5", "", false},
		{"msrpc", 0, repeats(12, 16, "\x05\x00\x0c\x03\x10\x00\x00\x00\x3c\x00\x00\x00", "\xb8\x10\xb8\x10"), "", "", false},
		{"msrpc", 0, repeats(12, 16, "\x05\x00\x0d\x03\x10\x00\x00\x00\x3c\x00\x00\x00", "\xb8\x10\xb8\x10"), "", "bind refused", false},
		{"zookeeper", 0, says("Zookeeper version: 3.8.0-5a02a05, built on 2022\nLatency\n"), "Zookeeper version: 3.8.0-5a02a05", "", false},
		{"zookeeper", 0, says("srvr is not executed because it is not in the whitelist.\n"), "", "", false},
		{"nrpe", 0, nrpeLike, "NRPE v4.1.0", "", false},
		{"adb", 0, says(hexed("434e584e 00000001 00100000 0e000000 00000000 bcb1a7b1") + "device::a=b;\x00\x00"), ":a=b;", "", false},
		{"adb", 0, says(hexed("41555448 01000000 00000000 14000000 00000000 beaaabb7") + strings.Repeat("t", 20)), "", "a key is needed", false},
		{"ajp", 0, says("AB\x00\x01\x09"), "", "", false},
		{"bolt", 0, says("\x00\x00\x04\x05"), "Bolt 5.4", "", false},
		{"ident", 0, says("1 , 1 : ERROR : NO-USER\r\n"), "", "", false},
		{"lpd", 515, says("whyport: unknown printer\n"), "", "", false},
		{"clamd", 0, says("ClamAV 1.0.7/27000/Mon Nov  2 08:00:00 2026\n"), "ClamAV 1.0.7/27000/Mon", "", false},
		{"nut", 0, says("Network UPS Tools upsd 2.8.0 - https://www.networkupstools.org/\n"), "Network UPS Tools upsd 2.8.0", "", false},
		{"irc", 6667, says("ERROR :Closing Link: (Throttled)\r\n"), "", "Closing Link: (Throttled)", true},
		{"irc", 6667, says(":irc.example 451 * :You have not registered\r\n"), "", "", false},
		{"memcached", 0, says("ERROR Too many open connections\r\n"), "", "Too many open connections", true},
		{"stomp", 0, says("ERROR\nversion:1.0,1.1,1.2\ncontent-type:text/plain\n\nSupported protocol versions are\x00"), "", "", false},
		{"echo", 0, slices.Clone[[]byte], "", "", false},
		{"rtsp", 0, says("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"), "", "", false},
		{"mqtt", 0, says("\x20\x02\x00\x05"), "", "a sign-in is needed", false},
		{"mqtt", 0, says("\x20\x02\x00\x03"), "", "server unavailable", true},
		{"socks", 0, says("\x05\xff"), "SOCKS 5", "no acceptable methods", false},
		{"smb", 139, says("\x83\x00\x00\x01\x82"), "", "session refused", true},
		{"x11", 0, says("\x00\x16\x0b\x00\x00\x00\x06\x00No protocol specified\n\x00\x00"), "", "No protocol specified", true},
		{"nfs", 0, repeats(4, 8, "\x80\x00\x00\x20", "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00\x04"), "versions 4 to 4", "", false},
		{"kadmin", 0, repeats(4, 8, "\x80\x00\x00\x14", "\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x05"), "", "", false},
		{"ldap", 389, says(hexed("300c 020102 6507 0a0100 0400 0400")), "", "", false},
		{"ldap", 389, says(hexed("300c 020102 6507 0a0133 0400 0400")), "", "busy", true},
		{"iperf3", 0, iperf3Like, "", "", false},
		{"rpcbind", 0, repeats(4, 8, "\x80\x00\x00\x14", "\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x05"), "", "denied", true},
	} {
		p := Named(tc.name)
		d := NewDialogue(&wire{answer: tc.answer})
		if d.Port = tc.port; d.Port == 0 {
			d.Port = append(p.Ports, p.Secure...)[0]
		}
		got := p.Ask(d)
		if !got.Spoken || got.Product != tc.product || got.Code != tc.code || got.Refused != tc.refused {
			t.Errorf("%s: %+v", tc.name, got)
		}
	}
}

// The same for datagrams.
func TestMoreDatagrams(t *testing.T) {
	for _, tc := range []struct {
		port                uint16
		answer              func(asked []byte) []byte
		name, product, code string
	}{
		{443, quicLike, "quic", "QUIC 1, 2", ""},
		{1701, l2tpLike("\x02"), "l2tp", "xelesrv", ""},
		{1701, l2tpLike("\x04"), "l2tp", "xelesrv", "StopCCN"},
		{1812, func(asked []byte) []byte { return append([]byte{2, asked[1], 0, 20}, make([]byte, 16)...) }, "radius", "", ""},
		{51820, func(asked []byte) []byte {
			return append(append([]byte{2, 0, 0, 0, 9, 9, 9, 9}, asked[4:8]...), make([]byte, 80)...)
		}, "wireguard", "", ""},
		{389, func(asked []byte) []byte {
			own, _, _ := element(asked, 0x30)
			return []byte(der(0x30, string(own[:6]), der(0x64, der(4), der(0x30))))
		}, "cldap", "", ""},
		{7, slices.Clone[[]byte], "echo", "", ""},
		{514, says("thanks"), "", "", ""},
	} {
		q := Datagrams(tc.port, Known{})
		got := q.Read(tc.answer(q.Payload(0)))
		if got.Identified != tc.name || got.Product != tc.product || got.Code != tc.code {
			t.Errorf("%d: %+v", tc.port, got)
		}
	}
}

// Older servers are asked in their own way.
func TestOlderQuestions(t *testing.T) {
	for name, answer := range map[string]string{
		"smb":   "\x00\x00\x00\x45\xffSMB\x72\x00\x00\x00\x00\x98\x01\x48" + strings.Repeat("\x00", 20) + "\x11\x00\x00\x0f" + strings.Repeat("\x00", 33),
		"socks": "\x00\x5b\x00\x00\x00\x00\x00\x00",
	} {
		d := NewDialogue(&wire{answer: says(answer)})
		d.Port = Named(name).Ports[0]
		if got := Named(name).Older(d); !got.Spoken || got.Product != map[string]string{"smb": "SMB 1 only, signing required", "socks": "SOCKS 4"}[name] {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// redisLike is a server of that mode (redis.io, HELLO; CLUSTER SLOTS and SENTINEL MASTERS are answered with nodes).
func redisLike(mode, nodes string) func([]byte) []byte {
	return func(asked []byte) []byte {
		switch string(asked) {
		case "PING\r\n":
			return []byte("+PONG\r\n")
		case "HELLO\r\n":
			return []byte("*6\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$4\r\nmode\r\n$" +
				string(rune('0'+len(mode))) + "\r\n" + mode + "\r\n")
		}
		return []byte(nodes)
	}
}

// A sentinel sends to masters.
func TestSentinel(t *testing.T) {
	got := Named("redis").Ask(NewDialogue(&wire{answer: redisLike("sentinel",
		"*1\r\n*6\r\n$4\r\nname\r\n$8\r\nmymaster\r\n$2\r\nip\r\n$7\r\nredis-1\r\n$4\r\nport\r\n$4\r\n6379\r\n")}))
	if !got.Spoken || got.Product != "redis 7.0.15" || !slices.Equal(got.Refers, []string{"redis-1:6379"}) {
		t.Errorf("%+v", got)
	}
}

// Where a cluster sends its clients is kept.
func TestReferrals(t *testing.T) {
	for name, tc := range map[string]struct {
		answer func([]byte) []byte
		want   []string
	}{
		"kafka":      {kafkaLike, []string{"kafka-1:9092", "kafka-2:9093"}},
		"mongodb":    {mongoLike, []string{"mongo-1:27017", "mongo-2:27017"}},
		"oracle-tns": {says("\x00\x39\x00\x00\x05\x00\x00\x00\x00\x2f(ADDRESS=(PROTOCOL=TCP)(HOST=ora-2)(PORT=1522))"), []string{"ora-2:1522"}},
		"redis": {redisLike("cluster", "*2\r\n*3\r\n:0\r\n:8191\r\n*3\r\n$8\r\n10.0.0.5\r\n:7001\r\n$2\r\nid\r\n"+
			"*4\r\n:8192\r\n:16383\r\n*3\r\n$0\r\n\r\n:7002\r\n$2\r\nie\r\n*3\r\n$8\r\n10.0.0.5\r\n:7001\r\n$2\r\nid\r\n"),
			[]string{"10.0.0.5:7001", ":7002"}},
	} {
		if got := Named(name).Ask(NewDialogue(&wire{answer: tc.answer})); !slices.Equal(got.Refers, tc.want) {
			t.Errorf("%s: %q", name, got.Refers)
		}
	}
}
