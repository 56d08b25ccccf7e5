package socket

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

const starvedTo = "WHYPORT_TEST_STARVED"

// TestStarvedConnect: the same for a SYN whose repetition is answered.
func TestStarvedConnect(t *testing.T) {
	if to := os.Getenv(starvedTo); to != "" {
		fmt.Println("asking")
		a, conn := system.Connect(t.Context(), Request{To: netip.MustParseAddrPort(to), Timeout: 1500 * time.Millisecond})
		fmt.Println(a.Outcome, conn != nil)
		return
	}
	to, fd := silentListener(t)
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestStarvedConnect$")
	child.Env, child.Stdout = append(os.Environ(), starvedTo+"="+to.String()), in
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	defer child.Process.Kill()
	lines := bufio.NewScanner(out)
	lines.Scan()
	time.Sleep(300 * time.Millisecond) // the SYN has been sent, and dropped
	child.Process.Signal(syscall.SIGSTOP)
	if filled, _, err := unix.Accept(fd); err == nil { // room for the kernel's next SYN
		defer unix.Close(filled)
	}
	time.Sleep(1500 * time.Millisecond)
	child.Process.Signal(syscall.SIGCONT)
	lines.Scan()
	if got := lines.Text(); got != string(evidence.Connected)+" true" {
		t.Errorf("%q", got)
	}
	child.Wait()
}

// TestStarved: a process that gets no processor until the time is over still finds the answer that came meanwhile.
func TestStarved(t *testing.T) {
	if to := os.Getenv(starvedTo); to != "" {
		a, reply := system.Exchange(t.Context(), Request{To: netip.MustParseAddrPort(to), Timeout: 300 * time.Millisecond}, []byte("ping"))
		fmt.Println(a.Outcome, string(reply))
		return
	}
	p, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var out strings.Builder
	child := exec.Command(os.Args[0], "-test.run=^TestStarved$")
	child.Env = append(os.Environ(), starvedTo+"="+p.LocalAddr().String())
	child.Stdout = &out
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Process.Kill()
	p.SetReadDeadline(time.Now().Add(10 * second))
	_, from, err := p.ReadFrom(make([]byte, 10))
	if err != nil {
		t.Fatal(err)
	}
	child.Process.Signal(syscall.SIGSTOP)
	time.Sleep(50 * time.Millisecond) // it has stopped
	p.WriteTo([]byte("pong"), from)
	time.Sleep(400 * time.Millisecond)
	child.Process.Signal(syscall.SIGCONT)
	if err := child.Wait(); err != nil || !strings.HasPrefix(out.String(), string(evidence.Connected)+" pong") {
		t.Errorf("%v, %q", err, out.String())
	}
}
