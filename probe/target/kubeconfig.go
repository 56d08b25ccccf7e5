package target

import (
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// kubeconfig is the part of kubectl's settings that says where clusters are (Kubernetes, "kubeconfig (v1)").
type kubeconfig struct {
	Kind     string `yaml:"kind"`
	Current  string `yaml:"current-context"`
	Contexts []struct {
		Name    string `yaml:"name"`
		Context struct {
			Cluster string `yaml:"cluster"`
		} `yaml:"context"`
	} `yaml:"contexts"`
	Clusters []struct {
		Name    string `yaml:"name"`
		Cluster struct {
			Server string `yaml:"server"`
		} `yaml:"cluster"`
	} `yaml:"clusters"`
}

// deepest is how far a file may nest; kubectl's has half a dozen levels.
const deepest = 100

// kubeServers are the server of the current context, or those of all clusters where none is current. Its certificate is
// mostly of the cluster's own authority, so the port alone is asked for.
func kubeServers(text string) ([]string, error) {
	if strings.Count(text, "[")+strings.Count(text, "{") > deepest || strings.Contains(text, "\n"+strings.Repeat(" ", deepest)) ||
		strings.Contains(text, strings.Repeat("- ", deepest)) {
		return nil, problem("it is nested too deeply")
	}
	var k kubeconfig
	if err := yaml.Unmarshal([]byte(text), &k); err != nil || k.Kind != "Config" {
		return nil, problem("it has no kind: Config") // the parser's own words can quote secrets
	}
	current := ""
	for _, c := range k.Contexts {
		if c.Name == k.Current {
			current = c.Context.Cluster
		}
	}
	var out []string
	for _, c := range k.Clusters {
		if current != "" && c.Name != current {
			continue
		}
		u, err := url.Parse(c.Cluster.Server)
		if err != nil || u.Hostname() == "" {
			continue
		}
		port := u.Port()
		if port == "" {
			port = "443"
		}
		if input := bracketed(u.Hostname()) + ":" + port; !slices.Contains(out, input) {
			out = append(out, input)
		}
	}
	if len(out) == 0 {
		return nil, problem("it names no server")
	}
	return out, nil
}
