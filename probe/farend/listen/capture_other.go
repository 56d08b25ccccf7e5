//go:build !linux

package listen

import "context"

// capture needs a driver on these systems.
type capture struct{}

func openCapture() *capture { return nil }

func (*capture) run(context.Context, func(wirePacket)) {}

func (*capture) close() {}

// CanCapture says whether a listener sees packets that this computer's firewall drops.
const CanCapture = "no"
