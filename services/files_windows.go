package services

import (
	"os"
	"path/filepath"
)

// systemFile: Microsoft keeps the file under the system root, C:\Windows where that is not set.
func systemFile() string {
	root := os.Getenv("SystemRoot")
	if root == "" {
		root = `C:\Windows`
	}
	return filepath.Join(root, "System32", "drivers", "etc", "services")
}
