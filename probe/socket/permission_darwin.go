package socket

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// firstThatAsks is the macOS that has local network privacy (Apple, TN3179: "Understanding local network privacy").
const firstThatAsks = 15

// NeedsPermission reports that programs reach hosts of this computer's own networks only where the user has allowed them to: else
// a connection fails with EHOSTUNREACH, while the gateway and what lies behind it answer. Which program was allowed can't be asked.
func NeedsPermission() bool {
	version, err := unix.Sysctl("kern.osproductversion")
	if err != nil {
		return false
	}
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && n >= firstThatAsks
}
