// Package settings reads which proxy this computer's own settings name: those of the desktop or the system, beside the
// environment that programs are started with. Nothing is sent. The reading is the system's part, one file each; what is read
// is understood by parsers that know no system.
package settings

import (
	"context"
	"time"
)

// readWait is how long the programs that tell the settings may take in all.
const readWait = 2 * time.Second

// Read is what the system's settings say; nothing where they name no proxy.
func Read(ctx context.Context) *Found {
	ctx, cancel := context.WithTimeout(ctx, readWait)
	defer cancel()
	return read(ctx)
}
