package protocol

import (
	"net"
	"regexp"
	"strings"
)

func redis() *Protocol {
	return &Protocol{
		Name: "redis", Ports: []uint16{6379, 26379}, Ask: askRedis,
		Match: func(said []byte, _ bool) (bool, string) {
			line := firstLine(said)
			return strings.HasPrefix(line, "-ERR unknown command") || strings.HasPrefix(line, "-NOAUTH") || strings.HasPrefix(line, "-ERR max number of clients") ||
				strings.HasPrefix(line, "+PONG") ||
				strings.HasPrefix(line, "-DENIED Redis") ||
				strings.HasPrefix(line, "-ERR Protocol error"), ""
		},
		Refused: func(said []byte) (refused, busy bool) {
			full := strings.Contains(firstLine(said), "max number of clients")
			return strings.HasPrefix(string(said), "-DENIED") || full, full || crowded(said)
		},
	}
}

// askRedis says PING; a server with a password asks for it, which is an answer, too. One without says who it is (HELLO, since
// Redis 6), and where a cluster, or a sentinel, sends its clients.
func askRedis(d *Dialogue) (a Answer) {
	if d.Say("PING\r\n") != nil {
		return a
	}
	line, err := d.line()
	if err != nil {
		return a
	}
	code, _, _ := strings.Cut(line[min(1, len(line)):], " ")
	switch word, _ := regexp.MatchString(`^-[A-Z]{3,12}$`, line[:min(len(code)+1, len(line))]); {
	case line == "+PONG":
		a.Spoken = true
		d.redisHello(&a)
	case word:
		a.Spoken, a.Code = true, code
		// Until it has read its data it serves nothing (Redis' documentation, "Error replies").
		a.Refused = code == "DENIED" || code == "LOADING" || strings.HasPrefix(line, "-ERR max number of clients")
	}
	return a
}

func (d *Dialogue) redisHello(a *Answer) {
	if d.Say("HELLO\r\n") != nil {
		return
	}
	hello, err := d.resp()
	if err != nil {
		return
	}
	about := hello.fields()
	if v := about["version"]; printable([]byte(v)) {
		a.Product = oneLine([]byte(about["server"] + " " + v))
	}
	switch about["mode"] {
	case "cluster":
		a.Refers = d.redisNodes("CLUSTER SLOTS\r\n", clusterNodes)
	case "sentinel":
		a.Refers = d.redisNodes("SENTINEL MASTERS\r\n", masters)
	}
}

func (d *Dialogue) redisNodes(ask string, read func(respValue) [][2]string) (out []string) {
	if d.Say(ask) != nil {
		return nil
	}
	v, err := d.resp()
	if err != nil {
		return nil
	}
	known := map[string]bool{}
	for _, node := range read(v) {
		to := net.JoinHostPort(node[0], node[1])
		if !known[to] && printable([]byte(to)) && len(out) < maxRefers {
			known[to] = true
			out = append(out, to)
		}
	}
	return out
}

// clusterNodes of CLUSTER SLOTS: for each range its first and last slot, then nodes with host and port; no host: that of the
// server that was asked.
func clusterNodes(v respValue) (out [][2]string) {
	for _, slots := range v.array {
		for _, node := range slots.array[min(2, len(slots.array)):] {
			if len(node.array) >= 2 {
				out = append(out, [2]string{node.array[0].text, node.array[1].text})
			}
		}
	}
	return out
}

// masters of SENTINEL MASTERS: names and values of each.
func masters(v respValue) (out [][2]string) {
	for _, m := range v.array {
		if f := m.fields(); f["ip"] != "" {
			out = append(out, [2]string{f["ip"], f["port"]})
		}
	}
	return out
}
