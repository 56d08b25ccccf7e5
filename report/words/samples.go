package words

import (
	"fmt"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// samplesNote says what connections from many source ports showed.
func samplesNote(s *evidence.Samples) (out []Note) {
	add := func(code, sentence string) { out = append(out, Note{code, sentence}) }
	switch {
	case s == nil:
	case len(s.Failed) == 0:
		add("samples-alike", fmt.Sprintf("%d connections from different source ports were all accepted.", s.Asked))
	case len(s.Always) > 0 && s.Steady:
		how := "get no answer"
		if s.Outcome != evidence.Silent {
			how = "are refused"
		}
		add("samples-by-source-port", fmt.Sprintf("Of %d connections %d %s, always those from the source ports %s, while the others "+
			"always work: one of several parallel paths or balancer nodes is broken, or a state table holds stale entries. It is not loss.",
			s.Asked, len(s.Always), how, phrase.Ranges(s.Always)))
	default:
		add("samples-by-chance", fmt.Sprintf("Of %d connections from different source ports %d failed, and not the same ones when they "+
			"were made again: packets get lost, or new connections are limited.", s.Asked, len(s.Failed)))
	}
	return out
}
