//go:build !linux && !windows

package socket

import (
	"net"

	"whyport/probe/evidence"
)

func medium(i net.Interface) evidence.Medium {
	if i.Flags&net.FlagLoopback != 0 {
		return evidence.Loopback
	}
	return evidence.MediumByName(i.Name)
}
