package settings

import "context"

func read(ctx context.Context) *Found {
	if f := parseScutil(output(ctx, "/usr/sbin/scutil", "--proxy")); f.names() {
		return f
	}
	return nil
}

// From says whose settings are read.
const From = "the system's"
