package usage

import (
	"whyport/probe"
	"whyport/report/exporter"
	"whyport/report/format"
	"whyport/report/page"
	"whyport/report/watch"
	"whyport/services"
	"whyport/services/profile"
	"whyport/services/wants"
)

// Values are the possible ones of a flag, the default first; nil where they can't be listed. Its check, its help and its
// completion read them here.
func Values(flag string) []string {
	switch flag {
	case "format":
		return format.Names()
	case "profile":
		return profile.Names()
	case "class":
		return services.ClassNames()[1:]
	case "require":
		return []string{wants.Any, wants.All}
	case "tls":
		return []string{string(probe.TLSAuto), string(probe.TLSAlways), string(probe.TLSNever)}
	case "until":
		return []string{string(watch.Met), string(watch.Changed)}
	case "print":
		return exporter.Files()
	case "color":
		return page.ColorModes()
	}
	return nil
}
