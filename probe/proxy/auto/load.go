package auto

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"whyport/probe/proxy/pac"
)

// loadWait is how long a PAC file may take to arrive.
const loadWait = 5 * time.Second

// mostRedirects are followed.
const mostRedirects = 3

func isURL(where string) bool {
	lower := strings.ToLower(where)
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}

// load is the text of a PAC file: of a path, a file: URL, or a URL, which is asked for without a proxy.
func load(ctx context.Context, where string) (string, error) {
	if !isURL(where) {
		return loadFile(where)
	}
	ctx, cancel := context.WithTimeout(ctx, loadWait)
	defer cancel()
	transport := &http.Transport{Proxy: nil, DisableKeepAlives: true}
	client := &http.Client{Transport: transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) > mostRedirects {
			return errors.New("it is redirected too often")
		}
		return nil
	}}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return "", errors.New("its URL can't be read")
	}
	ask.Header.Set("User-Agent", "whyport")
	answer, err := client.Do(ask)
	if err != nil {
		return "", cause(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("its server answers with HTTP %d", answer.StatusCode)
	}
	return bounded(answer.Body)
}

func loadFile(where string) (string, error) {
	if u, err := url.Parse(where); err == nil && strings.EqualFold(u.Scheme, "file") {
		where = u.Path
		if len(where) > 2 && where[0] == '/' && where[2] == ':' { // file:///C:/proxy.pac
			where = where[1:]
		}
	}
	f, err := os.Open(where)
	if err != nil {
		return "", cause(err)
	}
	defer f.Close()
	return bounded(f)
}

// bounded reads what is not too large.
func bounded(r io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, pac.MaxSize+1))
	if err != nil {
		return "", cause(err)
	}
	if len(b) > pac.MaxSize {
		return "", pac.ErrSize
	}
	return string(b), nil
}

// cause is an error without the URL or path, which may hold a login, and stands before it anyway.
func cause(err error) error {
	if e, is := errors.AsType[*url.Error](err); is {
		err = e.Err
	}
	if e, is := errors.AsType[*os.PathError](err); is {
		err = e.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("it did not arrive within %v", loadWait)
	}
	return err
}

// withoutLogin leaves a name and password out of a URL.
func withoutLogin(where string) string {
	if u, err := url.Parse(where); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return where
}
