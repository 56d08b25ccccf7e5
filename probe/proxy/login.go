package proxy

import (
	"encoding/base64"
	"errors"
	"html"
	"io"
	"net/url"
	"os"
	"strings"

	"whyport/services/mistake"
)

// Login is a name and password for a proxy; the zero value is none. It prints, logs and marshals as nothing, so that
// neither gets into a report.
type Login struct{ pair *pair }

type pair struct{ name, password string }

// NewLogin is a login with these words.
func NewLogin(name, password string) Login {
	if name == "" && password == "" {
		return Login{}
	}
	return Login{&pair{name, password}}
}

// Given reports whether there is one.
func (l Login) Given() bool { return l.pair != nil }

// String hides it.
func (l Login) String() string {
	if l.pair == nil {
		return ""
	}
	return "(login)"
}

// GoString hides it from %#v.
func (l Login) GoString() string { return l.String() }

// MarshalJSON hides it.
func (l Login) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// UnmarshalJSON reads nothing.
func (l *Login) UnmarshalJSON([]byte) error { return nil }

// encoded is the login as Basic has it.
func (l Login) encoded() string {
	return base64.StdEncoding.EncodeToString([]byte(l.pair.name + ":" + l.pair.password))
}

// shortest password that is looked for in other words: a shorter one is a part of many.
const shortest = 4

// hidden is a text of others without the login, however it is written.
func (l Login) hidden(text string) string {
	if l.pair == nil {
		return text
	}
	secrets := []string{l.encoded(), l.pair.name + ":" + l.pair.password}
	if p := l.pair.password; len(p) >= shortest {
		secrets = append(secrets, p, html.EscapeString(p), url.QueryEscape(p), url.PathEscape(p))
	}
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, l.String())
	}
	return text
}

// parseLogin reads "name:password"; the password may hold colons (RFC 7617, 2).
func parseLogin(text string) (Login, bool) {
	name, password, ok := strings.Cut(strings.TrimRight(text, "\r\n"), ":")
	if !ok || name == "" || strings.ContainsAny(name+password, "\r\n\x00") {
		return Login{}, false
	}
	return NewLogin(name, password), true
}

const oneLine = "write name:password on one line"

// LoginFromFile reads a file that holds name:password.
func LoginFromFile(path string) (Login, error) {
	f, err := os.Open(path)
	if err != nil {
		if pe, ok := errors.AsType[*os.PathError](err); ok {
			err = pe.Err
		}
		return Login{}, mistake.New("name a file that holds name:password", "the proxy's login can't be read from %q: %v", path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 4<<10))
	if l, ok := parseLogin(string(b)); ok && err == nil {
		return l, nil
	}
	return Login{}, mistake.New(oneLine+" into it", "the file %q holds no login for a proxy", path)
}

// LoginVariable is the environment's variable with a proxy's login.
const LoginVariable = "WHYPORT_PROXY_LOGIN"

// LoginFromEnvironment reads LoginVariable; no login where it is not set.
func LoginFromEnvironment(get func(string) string) (Login, error) {
	text := get(LoginVariable)
	if text == "" {
		return Login{}, nil
	}
	if l, ok := parseLogin(text); ok {
		return l, nil
	}
	return Login{}, mistake.New(oneLine+" into it", "%s holds no login for a proxy", LoginVariable)
}
