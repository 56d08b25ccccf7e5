//go:build linux || darwin

package settings

import (
	"context"
	"os/exec"
	"time"
)

// maxText is read of what a program or file says.
const maxText = 256 << 10

// output is what a program prints; "" where it fails, or takes longer than the context allows.
func output(ctx context.Context, name string, args ...string) string {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = 100 * time.Millisecond
	b, err := cmd.Output()
	if err != nil || len(b) > maxText {
		return ""
	}
	return string(b)
}
