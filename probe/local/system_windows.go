package local

import "golang.org/x/sys/windows"

// othersHidden: the tables are open to everybody.
const othersHidden = false

func administrator() bool { return windows.GetCurrentProcessToken().IsElevated() }
