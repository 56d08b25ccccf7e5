package page

import "testing"

func TestTextStaysTextInMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"@everyone": "@\u200beveryone", "see http://evil.example/x": `see http:\/\/evil.example/x`, "www.evil.example": `www\.evil.example`,
		"{code}": `\{code\}`, "[x](y)": `\[x\](y)`, "<img>": "&lt;img&gt;",
	} {
		if got := inMarkdown(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
