package page

import (
	"os"

	"golang.org/x/sys/windows"
)

// codePageUTF8 is CP_UTF8 of winnls.h.
const codePageUTF8 = 65001

func utf8Console(env func(string) (string, bool)) bool {
	page, err := windows.GetConsoleOutputCP()
	return err == nil && page == codePageUTF8 || utf8Locale(env)
}

// enableColor turns escape sequences on (Windows 10 1511 and later); false: the console shows them raw.
func enableColor(f *os.File) bool {
	h := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(h, &mode) != nil {
		return true // not a console: mintty and its like understand them
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
