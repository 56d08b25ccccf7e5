package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/local"
	"whyport/services/mistake"
)

// Open takes all ports, or none. The error is a *mistake.Error where a person can do something about it.
func Open(ctx context.Context, o Options) (*Listener, error) {
	certificate, err := o.Token.Certificate(time.Now())
	if err != nil {
		return nil, err
	}
	l := &Listener{
		options: o, held: map[Port]bool{}, watched: map[Port]bool{}, halfOpen: tellsHalfOpen(), captures: openCapture(),
		tls: &tls.Config{Certificates: []tls.Certificate{certificate}},
	}
	var facts *local.Facts
	if o.Peer {
		facts = l.own.look(ctx)
	}
	for _, p := range o.Ports {
		if facts != nil && len(serverHas(facts, p, false).Sockets) > 0 { // a program's, if only at one address: it is left alone
			l.watched[p] = l.captures != nil && p.Protocol == evidence.TCP
			continue
		}
		err := l.open(p)
		inUse := errors.Is(err, syscall.EADDRINUSE)
		if err == nil {
			l.held[p], l.watched[p] = true, true
		} else if inUse && l.captures != nil && p.Protocol == evidence.TCP {
			l.watched[p] = true
		} else if o.Peer && (inUse || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM)) {
			continue // it is told of, and another is asked on
		} else {
			l.Close()
			return nil, why(p, err, inUse)
		}
	}
	if o.Peer {
		if err := l.meet(); err != nil {
			l.Close()
			return nil, err
		}
		l.own.forget() // what was opened is to be seen, too
		return l, nil
	}
	if len(l.held) == 0 {
		l.Close()
		return nil, why(o.Ports[0], syscall.EADDRINUSE, true) // nobody could ask here
	}
	return l, nil
}

// meet takes a port of the dynamic range (RFC 6335, 6) that is free, so that a client can ask where other programs have all others.
func (l *Listener) meet() (err error) {
	for range 20 {
		p := Port{uint16(firstDynamic + rand.IntN(1<<16-firstDynamic)), evidence.TCP}
		if slices.Contains(l.options.Ports, p) {
			continue
		}
		if err = l.open(p); err == nil {
			l.meeting = p.Port
			return nil
		}
	}
	return fmt.Errorf("no free port was found to be asked on: %w", err)
}

const firstDynamic = 49152

// open binds one port on all addresses wanted. Computers without IPv6, or without IPv4, are usual.
func (l *Listener) open(p Port) error {
	opened, streams, packets := 0, len(l.streams), len(l.packets)
	var last error
	for _, a := range l.addresses(p.Protocol) {
		err := l.bind(p, a)
		switch {
		case err == nil:
			opened++
		case len(l.options.Bind) == 0 && (errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL)):
			last = err
		default: // a half of the port would come between others and who has the other half
			l.streams, l.packets = closed(l.streams, streams), closed(l.packets, packets)
			return err
		}
	}
	if opened == 0 {
		return last
	}
	return nil
}

// closed closes what came behind the first so many.
func closed[T io.Closer](all []T, first int) []T {
	for _, c := range all[first:] {
		c.Close()
	}
	return all[:first]
}

func (l *Listener) bind(p Port, a netip.Addr) error {
	at := netip.AddrPortFrom(a, p.Port)
	family := "6"
	if a.Is4() {
		family = "4"
	}
	if p.Protocol == evidence.UDP {
		c, err := net.ListenUDP("udp"+family, net.UDPAddrFromAddrPort(at))
		if err == nil {
			l.packets = append(l.packets, c)
		}
		return err
	}
	s, err := net.Listen("tcp"+family, at.String())
	if err == nil {
		l.streams = append(l.streams, s)
	}
	return err
}

// addresses to bind. Over UDP it is each address, so that answers leave from the one that was asked.
func (l *Listener) addresses(p evidence.Protocol) []netip.Addr {
	switch {
	case len(l.options.Bind) > 0:
		return l.options.Bind
	case p == evidence.UDP:
		return own()
	}
	return []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
}

// why says what keeps a port from being listened on, and what to do.
func why(p Port, err error, inUse bool) error {
	name := number(p)
	switch {
	case inUse:
		by := "another program"
		if h := holder(p); h != "" {
			by = h
		}
		return mistake.New("end it, or add a free port: then the SYNs to "+strconv.Itoa(int(p.Port))+" are seen, too, if you are root",
			"%s is held by %s", name, by)
	case errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM):
		return mistake.New("run it as root (sudo), or take ports from 1024 on",
			"%s can't be listened on: ports below 1024 need rights here", name)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return mistake.New("whyport here lists them; or leave --bind out", "this computer has no such address to listen on")
	}
	return fmt.Errorf("%s can't be listened on: %w", name, err)
}

func number(p Port) string {
	if p.Protocol == evidence.UDP {
		return fmt.Sprintf("UDP %d", p.Port)
	}
	return fmt.Sprintf("TCP %d", p.Port)
}
