package services

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"whyport/probe/realtime"
)

// A services file that somebody else wrote costs a moment, whatever stands in it.
func TestServicesFilesCostAMoment(t *testing.T) {
	var onePort, oneName, noise, aliases strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&onePort, "name%d 9999/tcp\n", i)
		fmt.Fprintf(&noise, "nonsense%d\n", i)
	}
	for i := 1; i < 1<<16; i++ {
		fmt.Fprintf(&oneName, "same %d/tcp\nsame %d/udp\n", i, i)
	}
	aliases.WriteString("first 9999/tcp")
	for i := range 8000 {
		fmt.Fprintf(&aliases, " a%d", i)
	}
	for name, text := range map[string]string{"one port": onePort.String(), "one name": oneName.String(), "noise": noise.String(), "aliases": aliases.String()} {
		spent := realtime.CPU()
		o := overlay(t, text)
		r := New(o)
		names, found := r.Names(9999, "tcp"), r.ByName("same")
		if _, err := r.ParsePorts("same"); err == nil && name != "one name" {
			t.Errorf("%s: a port without a name", name)
		}
		if took := spent(); took > 15*time.Second {
			t.Errorf("%s: %v", name, took)
		}
		if len(names) > maxNames+10 || len(o.Problems) > maxProblems+1 || name == "one name" && len(found) < 131_070 {
			t.Errorf("%s: %d names, %d problems, %d found", name, len(names), len(o.Problems), len(found))
		}
		if name != "one name" && len(o.Problems) == 0 {
			t.Errorf("%s: nothing is said of what was left out", name)
		}
	}
}
