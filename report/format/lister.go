package format

import (
	"bufio"
	"bytes"
)

const indent = "  "

// lister writes indented objects whose last field is a list that is too long to be made at once.
type lister struct {
	out   *bufio.Writer // an error stays with it until Flush
	lists []int         // the number of items in each list that is open
	err   error
}

// margin is the indentation of an open list's items.
func (l *lister) margin() string {
	return "\n" + string(bytes.Repeat([]byte(indent), 2*len(l.lists)))
}

// open begins an object with the fields of v, and the list that is its last field.
func (l *lister) open(v any, list string) {
	l.next()
	margin := l.margin()
	fields, err := encode(v, margin[1:], indent)
	if err != nil {
		l.err = err
		return
	}
	fields = bytes.TrimRight(bytes.TrimSuffix(bytes.TrimSpace(fields), []byte("}")), "\n ")
	l.out.Write(fields)
	l.out.WriteString("," + margin + indent + `"` + list + `": [`)
	l.lists = append(l.lists, 0)
}

// next is what stands before an item of the list that is open.
func (l *lister) next() {
	n := len(l.lists)
	if n == 0 {
		return
	}
	if l.lists[n-1]++; l.lists[n-1] > 1 {
		l.out.WriteByte(',')
	}
	l.out.WriteString(l.margin())
}

// item writes an item of the list that is open.
func (l *lister) item(v any) {
	text, err := encode(v, l.margin()[1:], indent)
	if err != nil {
		l.err = err
	}
	l.text(bytes.TrimSpace(text))
}

// text writes an item that is JSON already.
func (l *lister) text(item []byte) {
	l.next()
	l.out.Write(item)
}

// end closes the list that is open, and its object.
func (l *lister) end() {
	n := len(l.lists) - 1
	some := l.lists[n] > 0
	l.lists = l.lists[:n]
	if some {
		l.out.WriteString(l.margin() + indent)
	}
	l.out.WriteString("]" + l.margin() + "}")
}
