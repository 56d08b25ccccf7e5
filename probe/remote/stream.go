package remote

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// Bounds of what is read of a host that may be hostile, in bytes.
const (
	mostNoise = 256 << 10 // before the script says its first word
	mostLine  = 4 << 20
	mostAll   = 64 << 20
)

var errTooMuch = errors.New("more than is read")

// stream takes what comes from standard output apart. It is written to by one goroutine.
type stream struct {
	nonce string
	line  func([]byte)
	said  func(word, behind string) // called for each of the script's words

	pending []byte
	all     int
	running bool // between run and end
	ended   bool
	code    int
	noise   tail // what came before the first word
	heard   bool // a word of the script
	tooMuch bool
}

// Write reads a part of the output.
func (s *stream) Write(b []byte) (int, error) {
	if s.all += len(b); s.all > mostAll || !s.heard && s.all > mostNoise {
		s.tooMuch = true
		return 0, errTooMuch
	}
	n := len(b)
	for {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			break
		}
		if len(s.pending)+end > mostLine {
			s.tooMuch = true
			return 0, errTooMuch
		}
		s.take(append(s.pending, b[:end]...))
		s.pending, b = s.pending[:0], b[end+1:]
	}
	if s.pending = append(s.pending, b...); len(s.pending) > mostLine {
		s.tooMuch = true
		return 0, errTooMuch
	}
	return n, nil
}

func (s *stream) take(line []byte) {
	line = bytes.TrimRight(line, "\r")
	if word, behind, is := s.word(string(line[:min(len(line), 256)])); is {
		s.heard = true
		switch word {
		case saysRun:
			s.running = true
		case saysEnd:
			s.running, s.ended = false, true
			s.code, _ = strconv.Atoi(behind)
		}
		s.said(word, behind)
		return
	}
	switch {
	case len(line) == 0:
	case s.running:
		s.line(line)
	case !s.heard:
		s.noise.Write(append(line, '\n'))
	}
}

// word is one of the script's: "whyport-run NONCE /usr/bin/whyport".
func (s *stream) word(line string) (word, behind string, is bool) {
	line, is = strings.CutPrefix(line, mark)
	word, rest, _ := strings.Cut(line, " ")
	nonce, behind, _ := strings.Cut(rest, " ")
	return word, behind, is && nonce == s.nonce
}
