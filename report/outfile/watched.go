package outfile

import "io"

// Watched remembers the first error of a writer, for a library that does not look at it.
type Watched struct {
	Out io.Writer
	Err error
}

func (w *Watched) Write(b []byte) (int, error) {
	n, err := w.Out.Write(b)
	if w.Err == nil {
		w.Err = err
	}
	return n, err
}
