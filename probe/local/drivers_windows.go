package local

import (
	"context"
	"strings"

	"golang.org/x/sys/windows/registry"
)

// drivers are those of the list that are installed: each has a key among the services, which everybody may read.
func drivers(context.Context) (out []string) {
	for _, p := range products {
		for d := range strings.FieldsSeq(p.drivers) {
			k, err := registry.OpenKey(registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Services\`+d, registry.QUERY_VALUE)
			if err != nil {
				continue
			}
			kind, _, err := k.GetIntegerValue("Type")
			k.Close()
			const kernelDriver = 1 // SERVICE_KERNEL_DRIVER; a service of the same name is a program
			if err == nil && kind == kernelDriver {
				out = append(out, d)
			}
		}
	}
	return out
}
