package exporter

import (
	"embed"
	"fmt"
)

//go:embed files
var files embed.FS

// kept are what a fleet needs beside the exporter, by the name that --print has for it, in the order of Files.
func kept() [][2]string {
	return [][2]string{
		{"scrape-config", "scrape-config.yml"},
		{"rules", "rules.yml"},
		{"dashboard", "dashboard.json"},
		{"systemd", "whyport-exporter.service"},
		{"kubernetes", "kubernetes.yml"},
	}
}

// Files are the names of what can be printed.
func Files() (names []string) {
	for _, f := range kept() {
		names = append(names, f[0])
	}
	return names
}

// File is one of them.
func File(name string) ([]byte, error) {
	for _, f := range kept() {
		if f[0] == name {
			return files.ReadFile("files/" + f[1])
		}
	}
	return nil, fmt.Errorf("there is no %q to print", name)
}
