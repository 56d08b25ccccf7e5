package speak

import (
	"context"
	"crypto/x509"
	"errors"
	"os/exec"
	"time"
)

// Where macOS keeps roots: Apple's, and those that an administrator added (security(1), "Keychain files").
const (
	appleRoots = "/System/Library/Keychains/SystemRootCertificates.keychain"
	addedRoots = "/Library/Keychains/System.keychain"
)

// systemAnchors are the roots of this computer, for Go's own verifier. x509.SystemCertPool would hand each chain to
// SecTrustEvaluateWithError without SecTrustSetNetworkFetchAllowed(false) (crypto/x509/root_darwin.go, Go 1.26), and macOS would then
// fetch missing issuers from the address that the server's own certificate names: a request to a third party, of the server's choice.
func systemAnchors() (pool *x509.CertPool, complete bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	pem, err := exec.CommandContext(ctx, "/usr/bin/security", "find-certificate", "-a", "-p", appleRoots, addedRoots).Output()
	if err != nil {
		return nil, true, err
	}
	pool = x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, true, errors.New("no roots")
	}
	return pool, true, nil
}
