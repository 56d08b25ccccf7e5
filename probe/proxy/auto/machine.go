package auto

import (
	"context"
	"net"
	"net/netip"
	"time"

	"whyport/probe/lookup"
	"whyport/probe/proxy/pac"
)

// ThisComputer is what a PAC file learns of it.
func ThisComputer(c lookup.Config) *pac.Machine {
	c.Compare = nil
	return &pac.Machine{
		LookUp: func(ctx context.Context, name string) []netip.Addr { return lookup.New(c).Name(ctx, name, 4).Addresses },
		Own:    own,
		Now:    time.Now,
	}
}

// own is the address that packets to the world have. Nothing is sent.
func own() netip.Addr {
	c, err := net.Dial("udp4", "192.0.2.1:9") // an address that nobody has (RFC 5737)
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	at, _ := c.LocalAddr().(*net.UDPAddr)
	if at == nil {
		return netip.Addr{}
	}
	return at.AddrPort().Addr().Unmap()
}
