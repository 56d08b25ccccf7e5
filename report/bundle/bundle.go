// Package bundle gathers in one file what somebody who is to help asks for: the report, the ticket, the evidence, and what of
// this computer's settings decides where packets go.
package bundle

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// File is a part of a bundle.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Write writes the files into a zip archive; hide is applied to the settings of this computer.
func Write(ctx context.Context, w io.Writer, at time.Time, files []File, hide func(string) string) error {
	z := zip.NewWriter(w)
	for _, f := range append(files, settings(ctx, hide)...) {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at})
		if err == nil {
			err = f.Write(out)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// settings are this computer's, as texts.
func settings(ctx context.Context, hide func(string) string) (files []File) {
	add := func(name, text string) {
		files = append(files, File{name, func(w io.Writer) error { _, err := io.WriteString(w, hide(text)); return err }})
	}
	for _, c := range commands() {
		add(c.file, printed(ctx, c))
	}
	add("proxy.txt", proxySettings(os.Environ()))
	return files
}

// proxySettings are the variables that programs take proxies from, without passwords.
func proxySettings(environ []string) string {
	var b strings.Builder
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if !strings.HasSuffix(strings.ToLower(name), "_proxy") {
			continue
		}
		if at := strings.LastIndexByte(value, '@'); at >= 0 {
			scheme, _, is := strings.Cut(value[:at], "://")
			if !is {
				scheme = "http"
			}
			value = scheme + "://***@" + value[at+1:]
		}
		fmt.Fprintf(&b, "%s=%s\n", name, value)
	}
	if b.Len() == 0 {
		return "No variable of the environment names a proxy.\n"
	}
	return b.String()
}
