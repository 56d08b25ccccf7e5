package pac

import "math"

// binary is what an operator makes of two values.
func binary(op string, a, b any) any {
	switch op {
	case "+":
		return add(a, b)
	case "-":
		return toNumber(a) - toNumber(b)
	case "*":
		return toNumber(a) * toNumber(b)
	case "/":
		return toNumber(a) / toNumber(b)
	case "%":
		return math.Mod(toNumber(a), toNumber(b))
	case "==":
		return alike(a, b)
	case "!=":
		return !alike(a, b)
	case "===":
		return same(a, b)
	case "!==":
		return !same(a, b)
	case "<":
		return less(a, b)
	case ">":
		return less(b, a)
	case "<=":
		return less(a, b) || equalOrder(a, b)
	case ">=":
		return less(b, a) || equalOrder(a, b)
	case "&":
		return float64(toInt32(a) & toInt32(b))
	case "|":
		return float64(toInt32(a) | toInt32(b))
	case "^":
		return float64(toInt32(a) ^ toInt32(b))
	case "<<":
		return float64(toInt32(a) << (uint32(toInt32(b)) & 31))
	case ">>":
		return float64(toInt32(a) >> (uint32(toInt32(b)) & 31))
	}
	return float64(uint32(toInt32(a)) >> (uint32(toInt32(b)) & 31)) // ">>>"
}

// equalOrder is the equality of <= and >=.
func equalOrder(a, b any) bool {
	x, isX := a.(string)
	y, isY := b.(string)
	if isX && isY {
		return x == y
	}
	return toNumber(a) == toNumber(b)
}

func prefix(op string, v any) any {
	switch op {
	case "!":
		return !truth(v)
	case "-":
		return -toNumber(v)
	case "~":
		return float64(^toInt32(v))
	}
	return toNumber(v)
}
