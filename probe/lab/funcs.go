package lab

import (
	"context"
	"encoding/json"
)

// Funcs are the functions that Remote can call, by name.
type Funcs map[string]Func

// Func takes its arguments as JSON and returns something that JSON can carry.
type Func func(ctx context.Context, args []byte) (any, error)

// Call makes a Func of an ordinary function.
func Call[A, R any](f func(context.Context, A) (R, error)) Func {
	return func(ctx context.Context, input []byte) (any, error) {
		var args A
		if err := json.Unmarshal(input, &args); err != nil {
			return nil, err
		}
		return f(ctx, args)
	}
}
