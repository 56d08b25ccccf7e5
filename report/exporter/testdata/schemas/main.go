// Schemas holds a file against the types of Kubernetes or Grafana: fields that they don't have are errors. It is a module of its
// own, so that the program needs none of theirs.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	data, err := io.ReadAll(os.Stdin)
	if err == nil && len(os.Args) > 1 && os.Args[1] == "dashboard" {
		err = grafana(data)
	} else if err == nil {
		err = kubernetes(data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func grafana(data []byte) error {
	var d dashboard.Dashboard
	// Both return a list of errors, which may be empty and yet not nil.
	for _, err := range []error{d.UnmarshalJSONStrict(data), d.Validate()} {
		if err != nil && err.Error() != "" {
			return err
		}
	}
	fmt.Println(len(d.Panels), "panels")
	return nil
}

func kubernetes(data []byte) error {
	n := 0
	for part := range bytes.SplitSeq(data, []byte("\n---\n")) {
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal(part, &head); err != nil {
			return err
		}
		kinds := map[string]any{"v1 Namespace": &corev1.Namespace{}, "v1 Service": &corev1.Service{}, "apps/v1 DaemonSet": &appsv1.DaemonSet{},
			"batch/v1 CronJob": &batchv1.CronJob{}, "networking.k8s.io/v1 NetworkPolicy": &networkingv1.NetworkPolicy{}}
		into, known := kinds[head.APIVersion+" "+head.Kind]
		if !known {
			return fmt.Errorf("%s %s is of no known kind", head.APIVersion, head.Kind)
		}
		if err := yaml.UnmarshalStrict(part, into); err != nil {
			return fmt.Errorf("%s: %w", head.Kind, err)
		}
		n++
	}
	fmt.Println(n, "objects")
	return nil
}
