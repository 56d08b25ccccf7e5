package usage

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// ownWindow says whether this process is the only one of its console: Explorer made the window for it. A shell would be a second one
// (GetConsoleProcessList; 0 is for no console).
func ownWindow() bool {
	list := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleProcessList")
	if list.Find() != nil {
		return false
	}
	var ids [2]uint32
	n, _, _ := list.Call(uintptr(unsafe.Pointer(&ids[0])), uintptr(len(ids)))
	return n == 1
}
