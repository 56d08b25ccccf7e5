//go:build linux

package lab

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// namespace is a network namespace without a name: it lives as long as a descriptor or a process holds it,
// so that a killed test leaves nothing behind.
type namespace struct{ file *os.File }

func newNamespace() (*namespace, error) {
	var n *namespace
	err := visit(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("making a network namespace: %w", err)
		}
		f, err := os.Open("/proc/thread-self/ns/net")
		n = &namespace{f}
		return err
	})
	return n, err
}

// do runs f with the calling goroutine's thread in the namespace. Goroutines that f starts are elsewhere;
// processes that f starts, and sockets and files that f opens, are in it for good.
func (n *namespace) do(f func() error) error {
	return visit(func() error {
		if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("entering a network namespace: %w", err)
		}
		return f()
	})
}

// visit runs f, which may change the thread's network namespace, and then goes back.
func visit(f func() error) error {
	runtime.LockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer func() {
		err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET)
		home.Close()
		if err != nil {
			panic(fmt.Sprintf("lab: a thread can't return from a network namespace: %v", err))
		}
		runtime.UnlockOSThread()
	}()
	return f()
}

// run starts a program in the namespace, as root, and waits for it.
func (n *namespace) run(stdin string, name string, args ...string) error {
	return n.do(func() error {
		cmd := exec.Command(name, args...)
		cmd.Stdin = strings.NewReader(stdin)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s %s: %w\n%s\nits input was:\n%s", name, strings.Join(args, " "), err, out.Bytes(), stdin)
		}
		return nil
	})
}

// sysctl writes one setting; the kernel shows each thread the settings of its own namespace.
func sysctl(key, value string) error {
	return os.WriteFile("/proc/sys/"+strings.ReplaceAll(key, ".", "/"), []byte(value), 0)
}

// openTAP makes an Ethernet device in the namespace and returns the other end of its cable. The device
// goes when the file is closed. A TAP device computes checksums and never merges segments, unlike veth.
func (n *namespace) openTAP(name string) (*os.File, error) {
	var file *os.File
	err := n.do(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			return fmt.Errorf("opening /dev/net/tun: %w", err)
		}
		request, err := unix.NewIfreq(name)
		if err == nil {
			request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
			err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
		}
		if err != nil {
			unix.Close(fd)
			return fmt.Errorf("making the device %s: %w", name, err)
		}
		file = os.NewFile(uintptr(fd), "tap "+name)
		return nil
	})
	return file, err
}
