//go:build !windows

package services

func systemFile() string { return "/etc/services" }
