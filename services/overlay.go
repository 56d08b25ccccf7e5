package services

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"whyport/services/mistake"
)

// Overlay is a services file: its names lie over the registry's.
type Overlay struct {
	// Problems are the lines that were passed over because they could not be understood.
	Problems []Problem
	entries  []overlayEntry
	index    map[overlayKey]int // the first entry of a port, as getservbyport(3) answers
}

// Problem is something in a services file that was passed over.
type Problem struct {
	File string // the path, or the source's name
	Line int    // from 1; 0 where the whole file is meant
	Text string // one line for people
}

type overlayKey struct {
	port     uint16
	protocol int
}

type overlayEntry struct {
	service Service
	aliases string // separated by spaces
	names   int    // with the service's own
}

// maxNames bounds the names of one port: people give it a few, and each look-up compares them all.
const maxNames = 64

// maxProblems bounds what is remembered of a file that is something else than a services file.
const maxProblems = 100

// maxOverlay bounds a services file; macOS's, the longest known, has 0.7 MB.
const maxOverlay = 8 << 20

// ReadOverlay reads a file in the format of services(5): name, port/protocol, aliases, comment.
// Source becomes Service.Source. A line that can't be understood, and all beyond 8 MiB, is put into
// Problems and passed over; an error means that nothing usable could be read.
func ReadOverlay(r io.Reader, source string) (*Overlay, error) {
	o := &Overlay{index: map[overlayKey]int{}}
	in := bufio.NewScanner(io.LimitReader(r, maxOverlay))
	in.Buffer(nil, 64<<10)
	line := 0
	for in.Scan() {
		line++
		text := in.Text()
		if line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if strings.ContainsRune(text, 0) {
			return nil, &mistake.Error{
				Problem: fmt.Sprintf("line %d of the services file holds binary data", line),
				Instead: "use a plain text file, with lines such as: intranet 8443/tcp",
			}
		}
		if problem := o.add(text, source); problem != "" {
			o.Problems = append(o.Problems, Problem{File: source, Line: line, Text: problem})
		}
		if len(o.Problems) == maxProblems {
			o.Problems = append(
				o.Problems,
				Problem{
					File: source,
					Line: line + 1,
					Text: "this and all behind it was left out: too much before it is no name with a port, " +
						"such as: intranet 8443/tcp",
				},
			)
			return o, nil
		}
	}
	if err := in.Err(); err == bufio.ErrTooLong {
		o.Problems = append(o.Problems, Problem{File: source, Line: line + 1,
			Text: "the line is longer than 64 KiB; it and all behind it was left out"})
	} else if err != nil {
		return nil, unreadable("the services file", err)
	}
	return o, nil
}

// add takes in one line and returns what is wrong with it, or "".
func (o *Overlay) add(line, source string) string {
	data, comment, _ := strings.Cut(line, "#")
	fields := strings.Fields(data)
	if len(fields) == 0 {
		return ""
	}
	if len(fields) < 2 {
		return fmt.Sprintf("%s has no port; a line is a name and a port, such as: intranet 8443/tcp", Shown(fields[0]))
	}
	number, protocol, both := strings.Cut(fields[1], "/")
	if !both || protocol == "" {
		return fmt.Sprintf("%s is not a port with a protocol, such as 8443/tcp", Shown(fields[1]))
	}
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return fmt.Sprintf("%s is not a port with a protocol, such as 8443/tcp; ports are 1-65535", Shown(fields[1]))
	}
	p := protocolIndex(protocol)
	if p == noProtocol || port == 0 {
		return "" // system files list AppleTalk's ddp, and some a port 0: right, but no use to us
	}
	return o.put(overlayEntry{
		service: Service{
			Name: fields[0], Port: uint16(port), Last: uint16(port), Protocol: protocolNames[p],
			Description: strings.Join(strings.Fields(comment), " "), Source: source,
		},
		aliases: strings.Join(fields[2:min(len(fields), maxNames+1)], " "),
		names:   len(fields) - 1,
	}, overlayKey{uint16(port), p})
}

// put keeps the first name of a port, as the system does; further lines for it add aliases. It returns what is wrong, or "".
func (o *Overlay) put(e overlayEntry, key overlayKey) string {
	i, known := o.index[key]
	if !known {
		o.index[key] = len(o.entries)
		o.entries = append(o.entries, e)
		if e.names > maxNames {
			return tooManyNames(key.port)
		}
		return ""
	}
	first := &o.entries[i]
	if first.names += e.names; first.names > maxNames {
		return tooManyNames(key.port)
	}
	first.aliases = strings.Join(strings.Fields(first.aliases+" "+e.service.Name+" "+e.aliases), " ")
	return ""
}

func tooManyNames(port uint16) string {
	return fmt.Sprintf("port %d has more than %d names; those of this line were left out", port, maxNames)
}

func (o *Overlay) at(port uint16, protocol int) *overlayEntry {
	if i, known := o.index[overlayKey{port, protocol}]; known {
		return &o.entries[i]
	}
	return nil
}

// over lays the entry over what the registry says: the status stays the registry's, and so does
// the description where the file has none for the same service.
func (e *overlayEntry) over(under Service, port uint16, protocol int) Service {
	s := e.service
	s.Status = under.Status
	if s.Description == "" {
		for i, section := range rowsAt(port, protocol) {
			if r := rowAt(i, section); strings.EqualFold(r.Name, s.Name) {
				s.Description = r.Description
				break
			}
		}
	}
	return s
}

// unreadable says why a file can't be read, without Go's "open x: ..." around it.
func unreadable(what string, err error) *mistake.Error {
	cause := err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		cause = p.Err
	}
	return &mistake.Error{
		Problem: fmt.Sprintf("%s can't be read: %v", what, cause),
		Instead: "check the file's permissions, or remove it",
	}
}
