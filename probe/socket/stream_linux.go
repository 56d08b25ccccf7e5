//go:build linux && !whyport_portable

package socket

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// stream is a connected socket as a net.Conn. net.FileConn would go on with a duplicate, which costs ten system calls more.
type stream struct {
	file          *os.File
	local, remote netip.AddrPort
}

// newStream takes over a file that was made from a connected, non-blocking socket. It closes it and returns nil where
// the poller has no room for it.
func newStream(f *os.File, fd int, local netip.AddrPort) net.Conn {
	if f.SetDeadline(time.Time{}) != nil {
		f.Close()
		return nil
	}
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) // like net's connections
	return &stream{f, local, peerAddr(fd)}
}

func (s *stream) Read(b []byte) (int, error) {
	n, err := s.file.Read(b)
	return n, s.failure("read", err)
}

func (s *stream) Write(b []byte) (int, error) {
	n, err := s.file.Write(b)
	return n, s.failure("write", err)
}

func (s *stream) Close() error { return s.failure("close", s.file.Close()) }

func (s *stream) LocalAddr() net.Addr  { return net.TCPAddrFromAddrPort(s.local) }
func (s *stream) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(s.remote) }

func (s *stream) SetDeadline(t time.Time) error { return s.failure("set", s.file.SetDeadline(t)) }
func (s *stream) SetReadDeadline(t time.Time) error {
	return s.failure("set", s.file.SetReadDeadline(t))
}
func (s *stream) SetWriteDeadline(t time.Time) error {
	return s.failure("set", s.file.SetWriteDeadline(t))
}

// SyscallConn implements syscall.Conn.
func (s *stream) SyscallConn() (syscall.RawConn, error) { return s.file.SyscallConn() }

// SetLinger is what Abort asks of a connection: with 0 it ends with a RST.
func (s *stream) SetLinger(seconds int) error {
	raw, err := s.SyscallConn()
	if err != nil {
		return s.failure("set", err)
	}
	var set error
	err = raw.Control(func(fd uintptr) {
		set = unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1, Linger: int32(seconds)})
	})
	return errors.Join(err, set)
}

// SetKeepAliveConfig makes TCP ask whether the other end is there, as net.TCPConn's does.
func (s *stream) SetKeepAliveConfig(k net.KeepAliveConfig) error {
	raw, err := s.SyscallConn()
	if err != nil {
		return s.failure("set", err)
	}
	on := 0
	if k.Enable {
		on = 1
	}
	var set error
	err = raw.Control(func(fd uintptr) {
		set = errors.Join(
			unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, int(k.Idle/time.Second)),
			unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, int(k.Interval/time.Second)),
			unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPCNT, k.Count),
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE, on),
		)
	})
	return errors.Join(err, set)
}

// failure is an error as net's connections have it.
func (s *stream) failure(op string, err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
		if errors.Is(err, os.ErrClosed) {
			err = net.ErrClosed
		}
		return &net.OpError{Op: op, Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: err}
	}
	return err
}
