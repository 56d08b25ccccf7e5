package farend

import (
	"bytes"
	"strings"
	"testing"
)

func TestTokenAsTyped(t *testing.T) {
	tok := NewToken()
	typed := strings.ToLower(strings.ReplaceAll(tok.String(), "-", " "))
	typed = strings.NewReplacer("0", "o", "1", "l").Replace(typed)
	if got, err := ParseToken(typed); err != nil || got != tok {
		t.Errorf("%s: %v %v", typed, got, err)
	}
	for _, wrong := range []string{"", "0123", tok.String() + "0", "UUUU-UUUU-UUUU-UUUU"} {
		if _, err := ParseToken(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestCodeCarriesPorts(t *testing.T) {
	tok, ports := NewToken(), []uint16{8443, 80, 443, 25}
	code := tok.Code(ports, func(p uint16) bool { return p == 80 || p == 8443 })
	covered, arrived, err := tok.ReadCode(strings.ToLower(code), []uint16{25, 80, 443, 8443})
	if err != nil || len(covered) != 4 || len(arrived) != 2 || arrived[0] != 80 || arrived[1] != 8443 {
		t.Fatalf("%s: %v %v %v", code, covered, arrived, err)
	}
	if _, _, err := tok.ReadCode(code, ports[1:]); err == nil {
		t.Error("a code for other ports is taken")
	}
	if _, _, err := NewToken().ReadCode(code, ports); err == nil {
		t.Error("another token's code is taken")
	}
	taken := 0
	for i := range code {
		for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			if typed := code[:i] + string(c) + code[i+1:]; typed != code {
				if _, _, err := tok.ReadCode(typed, ports); err == nil {
					taken++
				}
			}
		}
	}
	if taken > 2 {
		t.Errorf("%d of 186 mistyped codes are taken", taken)
	}
}

func TestFramesOfOthersAreRefused(t *testing.T) {
	tok := NewToken()
	q := &Question{Nonce: Nonce(), Run: Nonce()}
	frame := tok.Question(q, 1200)
	if len(frame) < 1200 {
		t.Errorf("filled up to %d bytes", len(frame))
	}
	if got, err := tok.ReadQuestion(bytes.NewReader(frame)); err != nil || string(got.Nonce) != string(q.Nonce) {
		t.Fatalf("own: %v", err)
	}
	if _, err := NewToken().ReadQuestion(bytes.NewReader(frame)); err == nil {
		t.Error("a foreign token's question is read")
	}
	for i := range frame[:len(frame)-1] {
		changed := bytes.Clone(frame)
		changed[i] ^= 1
		if _, err := tok.ReadQuestion(bytes.NewReader(changed)); err == nil {
			t.Fatalf("byte %d changed: it is read", i)
		}
	}
	answer := tok.Answer(&Answer{}, q.Nonce)
	if _, err := tok.ReadAnswer(bytes.NewReader(answer), q.Nonce); err != nil {
		t.Fatal(err)
	}
	if _, err := tok.ReadAnswer(bytes.NewReader(answer), Nonce()); err == nil {
		t.Error("an answer to another question is taken")
	}
	if _, err := tok.ReadQuestion(bytes.NewReader(answer)); err == nil {
		t.Error("an answer is read as a question")
	}
}

func FuzzReadQuestion(f *testing.F) {
	tok, err := ParseToken("0123-4567-89AB-CDEF")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(tok.Question(&Question{Nonce: Nonce(), Run: Nonce()}, 0))
	f.Add([]byte(Magic + "\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if q, err := tok.ReadQuestion(bytes.NewReader(data)); err == nil && len(q.Nonce) != NonceBytes {
			t.Errorf("nonce of %d bytes", len(q.Nonce))
		}
	})
}
