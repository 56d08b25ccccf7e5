package protocol

import (
	nethttp "net/http"
	"testing"
)

// Products show themselves in what they say, those marked "seen" as they were seen on Debian 12.
func TestWebProducts(t *testing.T) {
	decided := map[string]bool{}
	for _, tc := range []struct {
		path, field, value, body string
		status                   int
		want                     string
	}{
		{path: "/version", body: `{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}`, want: "etcd 3.4.23"},           // seen
		{path: "/-/healthy", body: "Prometheus is Healthy.\n", want: "Prometheus"},                               // seen
		{path: "/", field: "X-Influxdb-Version", value: "1.6.7~rc0", want: "InfluxDB 1.6.7~rc0"},                 // seen
		{path: "/v2/", field: "Docker-Distribution-Api-Version", value: "registry/2.0", want: "Docker Registry"}, // seen
		{path: "/", body: `<html><head><title>RabbitMQ Management</title>`, want: "RabbitMQ management"},
		{path: "/", body: `{"name":"n","version":{"number" : "8.11.1","build_flavor":"default"}, "tagline" : "You Know, for Search"}`, want: "Elasticsearch 8.11.1"},
		{path: "/", body: `{"version" : {"distribution" : "opensearch", "number" : "2.11.0"}}`, want: "OpenSearch 2.11.0"},
		{path: "/", field: "X-Elastic-Product", value: "Elasticsearch", status: 401, want: "Elasticsearch"},
		{path: "/", field: "Kbn-Name", value: "kibana", want: "Kibana"},
		{path: "/", field: "Server", value: "Docker/24.0.5 (linux)", status: 404, want: "Docker 24.0.5"},
		{path: "/", field: "Docker-Experimental", value: "false", want: "Docker"},
		{path: "/version", body: `{"major": "1", "gitVersion": "v1.27.3"}`, want: "Kubernetes API v1.27.3"},
		{path: "/", field: "X-Kubernetes-Pf-Flowschema-Uid", value: "a", status: 403, want: "Kubernetes API"},
		{path: "/wsman", field: "Server", value: "Microsoft-HTTPAPI/2.0", status: 405, want: "WinRM"},
		{path: "/", field: "Server", value: "Microsoft-HTTPAPI/2.0", status: 404, want: ""},
		{path: "/wsman", field: "Server", value: "Microsoft-HTTPAPI/2.0", status: 404, want: ""},
		{path: "/api/health", body: `{"commit":"c","database":"ok","version":"9.5.2"}`, want: "Grafana 9.5.2"},
		{path: "/api/health", body: "{\n  \"commit\": \"c\",\n  \"database\": \"ok\"\n}", want: "Grafana"},
		{path: "/v1/catalog/datacenters", field: "X-Consul-Default-Acl-Policy", value: "allow", want: "Consul"},
		{path: "/v1/sys/health", body: `{"initialized":true,"sealed":false,"server_time_utc":1,"version":"1.13.1"}`, want: "Vault 1.13.1"},
		{path: "/", field: "Server", value: "CouchDB/3.3.2 (Erlang OTP/24)", want: "CouchDB 3.3.2"},
		{path: "/", field: "WWW-Authenticate", value: `basic realm="ActiveMQRealm"`, status: 401, want: "ActiveMQ"},
		{path: "/", body: `{"bolt_routing":"neo4j://h","neo4j_version":"5.8.0"}`, want: "Neo4j 5.8.0"},
		{path: "/", field: "X-ClickHouse-Server-Display-Name", value: "h", want: "ClickHouse"},
		{path: "/", field: "Location", value: "http://h:8983/solr/", status: 302, want: "Solr"},
		{path: "/", field: "X-Jenkins", value: "2.414.1", want: "Jenkins 2.414.1"},
		{path: "/", field: "X-Plex-Protocol", value: "1.0", want: "Plex Media Server"},
		{path: "/", field: "X-Gitlab-Meta", value: "{}", want: "GitLab"},
		{path: "/", field: "X-OWA-Version", value: "15.2.1118.7", want: "Exchange 15.2.1118.7"},
		{path: "/", field: "X-FEServer", value: "EX1", want: "Exchange"},
		{path: "/", field: "MicrosoftSharePointTeamServices", value: "16.0.0.5", want: "SharePoint 16.0.0.5"},
		{path: "/", body: `{"etcdserver":"3.4.23"}`, want: ""}, // not what was asked for
		{path: "/-/healthy", body: "ok", want: ""},
		{path: "/version", body: `{"version":"1.0"}`, want: ""},
		{path: "/", field: "Server", value: "nginx", body: "Prometheus is Healthy.", want: ""},
		{path: "/", field: "X-ClickHouse", value: "h", want: ""},
	} {
		h := nethttp.Header{}
		if tc.field != "" {
			h.Set(tc.field, tc.value)
		}
		if tc.status == 0 {
			tc.status = 200
		}
		got := WebProduct(tc.path, tc.status, h, []byte(tc.body))
		if got != tc.want {
			t.Errorf("%+v: %q", tc, got)
		}
		for _, w := range webs() {
			if one := w.of(tc.path, tc.status, h, []byte(tc.body)); one != "" {
				decided[w.name+w.header+w.body] = true
			}
		}
	}
	for _, w := range webs() {
		if !decided[w.name+w.header+w.body] {
			t.Errorf("no answer tells %s by %q%q", w.name, w.header, w.body)
		}
		if w.path != "" && len(w.ports) == 0 {
			t.Errorf("%s is asked for nowhere", w.name)
		}
	}
}
