package speak

import (
	"crypto/x509"
	"unsafe"

	"golang.org/x/sys/windows"
)

// systemAnchors are the roots in this computer's store, for Go's own verifier. x509.SystemCertPool would hand each chain to
// CertGetCertificateChain without CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL or CERT_CHAIN_DISABLE_AIA (crypto/x509/root_windows.go, Go
// 1.26), and Windows would then fetch missing issuers from the address that the server's own certificate names (RFC 5280, 4.2.2.1):
// a request to a third party, of the server's choice.
//
// Windows puts the roots of its programme into the store when a chain first needs them ("Certificates and trust in Windows",
// learn.microsoft.com), so Mozilla's set is added by the caller: without it a public root that was not needed yet would be unknown.
func systemAnchors() (pool *x509.CertPool, complete bool, err error) {
	name, err := windows.UTF16PtrFromString("ROOT")
	if err != nil {
		return nil, false, err
	}
	store, err := windows.CertOpenSystemStore(0, name)
	if err != nil {
		return nil, false, err
	}
	defer windows.CertCloseStore(store, 0)
	pool = x509.NewCertPool()
	var at *windows.CertContext
	for {
		// Frees the one before; nil at the end, with the error CRYPT_E_NOT_FOUND.
		if at, err = windows.CertEnumCertificatesInStore(store, at); at == nil {
			return pool, false, nil
		}
		der := append([]byte(nil), unsafe.Slice(at.EncodedCert, at.Length)...)
		if cert, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(cert)
		}
	}
}
