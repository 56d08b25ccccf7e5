package settings

import (
	"context"

	"golang.org/x/sys/windows/registry"
)

func read(context.Context) *Found {
	const path = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.QUERY_VALUE)
	if err != nil {
		return nil
	}
	defer key.Close()
	var s internetSettings
	enabled, _, _ := key.GetIntegerValue("ProxyEnable")
	s.enabled = enabled != 0
	s.server, _, _ = key.GetStringValue("ProxyServer")
	s.override, _, _ = key.GetStringValue("ProxyOverride")
	s.script, _, _ = key.GetStringValue("AutoConfigURL")
	if connections, err := registry.OpenKey(key, "Connections", registry.QUERY_VALUE); err == nil {
		b, _, _ := connections.GetBinaryValue("DefaultConnectionSettings")
		s.detect = detects(b)
		connections.Close()
	}
	if f := s.found(); f.names() {
		return f
	}
	return nil
}

// From says whose settings are read.
const From = "the system's"
