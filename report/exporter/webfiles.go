package exporter

import (
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"
)

// WebFolders are the folders of a file of the toolkit's and of the certificates that it names, beside those that links among them
// lead to: all are read again with each connection, and are replaced by others of the same name. Nothing for "".
func WebFolders(file string) (out []string) {
	if file == "" {
		return nil
	}
	var names struct {
		TLS struct {
			Cert string `yaml:"cert_file"`
			Key  string `yaml:"key_file"`
			CAs  string `yaml:"client_ca_file"`
		} `yaml:"tls_server_config"`
	}
	if text, err := os.ReadFile(file); err == nil {
		_ = yaml.Unmarshal(text, &names) // CheckWebConfig has told what is wrong
	}
	dir := filepath.Dir(file)
	for _, name := range []string{filepath.Base(file), names.TLS.Cert, names.TLS.Key, names.TLS.CAs} {
		if name == "" {
			continue
		}
		if !filepath.IsAbs(name) { // as the toolkit's SetDirectory has it
			name = filepath.Join(dir, name)
		}
		out = append(out, filepath.Dir(name))
		if to, err := filepath.EvalSymlinks(name); err == nil {
			out = append(out, filepath.Dir(to))
		}
	}
	return out
}
