package usage

import (
	"whyport/probe/target"
	"whyport/report/explain"
)

// Explained are the entries of codes that a person typed.
func Explained(codes []string) (found []explain.Entry, err error) {
	for _, code := range codes {
		e, ok := explain.Find(code)
		if !ok {
			instead := "see whyport explain for the list"
			if near := nearest(code, explain.Codes()); near != "" {
				instead = "did you mean whyport explain " + near + "?"
			}
			return nil, New(instead, "there is no code %s", target.Shown(code))
		}
		found = append(found, e)
	}
	return found, nil
}
