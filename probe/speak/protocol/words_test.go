package protocol

import "testing"

// A product's name is found where it stands, whatever bytes are before it.
func TestProductBehindInvalidText(t *testing.T) {
	if got := productIn("220 \xff\xff\u0130 ESMTP POSTFIX 3.7"); got != "POSTFIX 3.7" {
		t.Errorf("%q", got)
	}
}
