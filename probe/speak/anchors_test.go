package speak

import (
	"crypto/x509"
	"os"
	"reflect"
	"testing"
)

// A pool that crypto/x509 marks as the system's is handed to the system's verifier on Windows and macOS, which fetches from third
// parties. Elsewhere it is only roots.
func TestVerificationAsksNobodyElse(t *testing.T) {
	pool := (&Roots{}).System()
	if pool == nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal("this computer has no roots")
		}
		t.Skip("this computer has no roots")
	}
	mark := reflect.ValueOf(pool).Elem().FieldByName("systemPool")
	if !mark.IsValid() {
		t.Fatal("crypto/x509 has changed: see how CertPool says that it is the system's")
	}
	if mark.Bool() {
		t.Error("chains would be verified by the system")
	}
	if pool.Equal(x509.NewCertPool()) {
		t.Error("it is empty")
	}
}
