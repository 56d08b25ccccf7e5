package usage

import (
	"bufio"
	"io"
)

// clickedHint is for somebody who opened the program as one opens others.
const clickedHint = `
whyport is typed in a terminal; this window shows only this text.
Right-click the folder that has whyport, choose "Open in Terminal", and type:

  .\whyport demo              a first look: servers of its own on this computer
  .\whyport server.example    the ports that applications most often need there

Press Enter to close this window.
`

// Clicked explains itself and waits for Enter if the program was started without a word in a window that closes with it.
func Clicked(typed []string, in io.Reader, out io.Writer) { clicked(typed, ownWindow(), in, out) }

func clicked(typed []string, own bool, in io.Reader, out io.Writer) {
	if !own || len(typed) > 1 {
		return
	}
	io.WriteString(out, clickedHint)
	bufio.NewReader(in).ReadString('\n')
}
