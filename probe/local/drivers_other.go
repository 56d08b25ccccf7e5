//go:build !windows

package local

import "context"

func drivers(context.Context) []string { return nil }
