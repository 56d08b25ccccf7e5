package settings

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// read asks the desktop that this program runs in, then /etc/environment.
func read(ctx context.Context) *Found {
	desktop := strings.ToUpper(os.Getenv("XDG_CURRENT_DESKTOP"))
	var all []*Found
	if strings.Contains(desktop, "KDE") {
		if dir, err := os.UserConfigDir(); err == nil {
			all = append(all, parseKDE(text(filepath.Join(dir, "kioslaverc")), os.Getenv))
		}
	} else if desktop != "" { // others than GNOME keep it there, too: Unity, Cinnamon, MATE, Budgie, Xfce
		all = append(all, parseGNOME(output(ctx, "gsettings", "list-recursively", "org.gnome.system.proxy")))
	}
	for _, f := range append(all, parseEnvironment(text("/etc/environment"))) {
		if f.names() {
			return f
		}
	}
	return nil
}

// text is what a file begins with; "" where it can't be read.
func text(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, maxText))
	return string(b)
}

// From says whose settings are read.
const From = "GNOME, KDE, /etc/environment"
