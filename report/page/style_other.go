//go:build !windows

package page

import "os"

func utf8Console(env func(string) (string, bool)) bool { return utf8Locale(env) }

// enableColor has nothing to do: terminals understand escape sequences.
func enableColor(*os.File) bool { return true }
