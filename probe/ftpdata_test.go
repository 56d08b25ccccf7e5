package probe

import (
	"bufio"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
	"whyport/probe/verdict"
)

// TestFTPDataIsPlaced: a server that names its data port without a login is of no use where that is dropped, and the place of
// the drop is said; so is one that names an address which leads nowhere.
func TestFTPDataIsPlaced(t *testing.T) {
	for _, tc := range []struct {
		name, rule, passive string
		usable              bool
		where               string
	}{
		{"dropped in the provider's network", "r2 forward tcp dport 40000 drop\n", "203,0,113,7,156,64", false, "r2"},
		{"nothing dropped", "", "203,0,113,7,156,64", true, ""},
		{"a private address", "", "192,168,1,2,156,64", false, ""},
		{"nobody's address", "", "0,0,0,0,156,64", false, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := simnet.Parse("server listen 40000 hold\n" + tc.rule)
				if err != nil {
					t.Fatal(err)
				}
				s.Net.Listen(21, func(c net.Conn) { openFTP(c, tc.passive) })
				run := Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(4), "21")}, Options: Options{
					Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
				}}, Hooks{})
				time.Sleep(time.Minute)
				v := run.Targets[0].Results[0].Verdict
				where := ""
				if v.Where != nil {
					where = s.Net.Names()[v.Where.Address]
				}
				if v.State != verdict.Open || v.Usable != tc.usable || !strings.HasPrefix(where, tc.where) || where == "" && tc.where != "" {
					t.Errorf("%s usable=%t at %q (%s): %+v", v.State, v.Usable, where, v.Rule, run.Targets[0].Results[0].Port.Speech.FTP)
				}
			})
		})
	}
}

// openFTP names its data port to everybody.
func openFTP(c net.Conn, passive string) {
	_, _ = io.WriteString(c, "220 FTP\r\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		switch line := strings.TrimSpace(lines.Text()); {
		case line == "PASV":
			_, _ = fmt.Fprintf(c, "227 Entering Passive Mode (%s).\r\n", passive)
		case line == "QUIT":
			_, _ = io.WriteString(c, "221 bye\r\n")
			return
		default:
			_, _ = io.WriteString(c, "500 what?\r\n")
		}
	}
}
