//go:build !linux && !windows

package local

import "os"

// othersHidden: lsof shows an ordinary user its own programs' sockets alone.
const othersHidden = true

func administrator() bool { return os.Geteuid() == 0 }
