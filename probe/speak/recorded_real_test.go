//go:build unix

package speak

import (
	"flag"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"whyport/probe/speak/protocol"
)

var record = flag.Bool("record", false, "write what real servers answer to protocol/testdata/answers.txt")

// kept is a connection that remembers what went each way.
type kept struct {
	net.Conn
	asked, answer []byte
}

func (k *kept) Write(b []byte) (int, error) {
	k.asked = append(k.asked, b...)
	return k.Conn.Write(b)
}

func (k *kept) Read(b []byte) (int, error) {
	n, err := k.Conn.Read(b)
	k.answer = append(k.answer, b[:n]...)
	return n, err
}

func (s realServer) record(t *testing.T, ports []int) {
	t.Helper()
	for i, usual := range s.tcp {
		recordAnswer(t, "tcp", usual, ports[i])
	}
	for i, usual := range s.udp {
		recordAnswer(t, "udp", usual, ports[i])
	}
}

// recordAnswer asks a real server, which stands in for a usual port, once more.
func recordAnswer(t *testing.T, transport string, usual uint16, port int) {
	t.Helper()
	c, err := net.Dial(transport, fmt.Sprintf("127.0.0.1:%d", port))
	must(t, err)
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	k := &kept{Conn: c}
	q := Datagram(usual, Known{})
	name := protocol.Usual(usual).Usual
	if row := protocol.Usual(usual); transport == "tcp" && row.Ask != nil {
		d := protocol.NewDialogue(k)
		d.Port = usual
		row.Ask(d)
	} else if transport == "udp" {
		reply := make([]byte, 4096)
		_, _ = k.Write(q.Payload(0))
		n, _ := k.Read(reply)
		name = q.Read(reply[:n]).Identified
	}
	if name != "" && len(k.answer) > 0 {
		t.Log("recorded: ", name, transport, usual)
		keepAnswer(t, fmt.Sprintf("%s %s %d ", name, transport, usual), fmt.Sprintf("%x %x\n", k.asked, k.answer))
	}
}

// keepAnswer puts a line into its place in the file, which is in order.
func keepAnswer(t *testing.T, begin, rest string) {
	t.Helper()
	const file = "protocol/testdata/answers.txt"
	text, err := os.ReadFile(file)
	must(t, err)
	lines := slices.DeleteFunc(slices.Collect(strings.Lines(string(text))), func(l string) bool { return strings.HasPrefix(l, begin) })
	lines = append(lines, begin+rest)
	slices.Sort(lines[1:]) // the first says what a line has
	must(t, os.WriteFile(file, []byte(strings.Join(lines, "")), 0o644))
}
