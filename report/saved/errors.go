package saved

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

var (
	errNoReport = errors.New("it is JSON, but not a report of this program")
	errSeveral  = errors.New("it holds several reports")
)

// schemaError is a report of a version that says other things in the same words.
type schemaError int

func (e schemaError) Error() string {
	if e > 1 {
		return fmt.Sprintf("a newer version of this program wrote it (schema %d)", int(e))
	}
	return "its schema_version is not one that this program knows"
}

// readable says in plain words what is wrong with a text.
func readable(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("it is not JSON from byte %d on", syntax.Offset)
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("its field %s is not what reports have there", kind.Field)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends in the middle")
	}
	return err
}
