package confine

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// systemFolders have what any test reads. They are folders, not files: resolv.conf and its like are replaced by renaming, and a
// rule holds for the very file that it was made for.
func systemFolders() []string {
	return []string{
		"/etc",                     // resolv.conf, hosts, nsswitch.conf, services, passwd, certificates, environment
		"/usr",                     // certificates that /etc links to, time zones, what the C library loads to find names
		"/lib", "/lib32", "/lib64", // the same where these are no links to /usr
		"/nix/store", "/gnu/store", // the same in NixOS and Guix
		"/proc", "/sys", // the kernel's tables of sockets, routes and interfaces
		"/run/systemd",                                                             // resolved's resolv.conf, users of nss-systemd
		"/run/NetworkManager", "/run/resolvconf", "/run/connman", "/run/netconfig", // others that write a resolv.conf
		"/var/lib/sss", "/var/lib/extrausers", "/var/db/nscd", // users and names of SSSD, extrausers and nscd
		"/var/lib/ca-certificates",                            // openSUSE's certificates
		"/system/etc/security", "/apex/com.android.conscrypt", // Android's
	}
}

// outside are files of the system that may be links to places beside its folders. The certificates are where crypto/x509 looks
// for them (root_linux.go).
func outside() (out []string) {
	if to, err := filepath.EvalSymlinks("/etc/resolv.conf"); err == nil && filepath.Dir(to) != "/" {
		out = append(out, filepath.Dir(to)) // such as /mnt/wsl; it is replaced there, too
	}
	for _, name := range []string{
		"hosts", "nsswitch.conf", "localtime", "passwd", "environment", "ssl", "ssl/certs", "ssl/certs/ca-certificates.crt",
		"ssl/ca-bundle.pem", "ssl/cert.pem", "pki", "pki/tls/cacert.pem", "pki/tls/certs", "pki/tls/certs/ca-bundle.crt",
		"pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	} {
		if to, err := filepath.EvalSymlinks("/etc/" + name); err == nil && !within(to, "/etc") {
			out = append(out, to)
		}
	}
	return out
}

// chosen are files and folders that somebody puts links into or names in the environment: certificates, this program's settings.
func chosen(getenv func(string) string) []string {
	out := filepath.SplitList(cmp.Or(getenv("SSL_CERT_DIR"), "/etc/ssl/certs:/etc/pki/tls/certs"))
	out = append(out, getenv("SSL_CERT_FILE"), getenv("ZONEINFO"), getenv("HOSTALIASES"))
	if dir, err := os.UserConfigDir(); err == nil {
		out = append(out, filepath.Join(dir, "whyport"), filepath.Join(dir, "kioslaverc"))
	}
	return out
}

// maxLinks bounds how many entries of a folder are looked at.
const maxLinks = 4096

// linked are the places beside a path and the folders of the system that it, or links below it, lead to: a rule is about where a
// file really lies.
func linked(path string) (out []string) {
	seen, allowed := 0, append([]string{path}, systemFolders()...)
	_ = filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		if seen++; seen > maxLinks {
			return filepath.SkipAll
		}
		if err != nil || d.Type() != fs.ModeSymlink {
			return nil
		}
		to, err := os.Readlink(at)
		if err == nil && !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(at), to)
		}
		if err != nil || slices.ContainsFunc(allowed, func(folder string) bool { return within(to, folder) }) {
			return nil // folders of certificates are full of such links
		}
		if to, err = filepath.EvalSymlinks(at); err == nil {
			out = append(out, to)
		}
		return nil
	})
	return out
}

func within(path, folder string) bool {
	rest, is := strings.CutPrefix(path, strings.TrimSuffix(folder, "/"))
	return is && (rest == "" || rest[0] == '/')
}
