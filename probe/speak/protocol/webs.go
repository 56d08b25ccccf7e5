package protocol

// webs are the products, each with the document that has its mark.
func webs() []web {
	const version = `^v?([\w.~+-]{1,30})`
	return []web{
		// Elasticsearch reference, "REST API compatibility"; OpenSearch documentation, "Info".
		{name: "Elasticsearch", ports: []uint16{9200}, path: "/", body: `"number"\s*:\s*"([\w.-]{1,20})"[^}]*\}[^}]*"You Know, for Search"`},
		{name: "OpenSearch", ports: []uint16{9200}, path: "/", body: `"distribution"\s*:\s*"opensearch"\s*,\s*"number"\s*:\s*"([\w.-]{1,20})"`},
		{name: "Elasticsearch", header: "X-Elastic-Product", value: `^Elasticsearch$`},
		{name: "Kibana", ports: []uint16{5601}, header: "Kbn-Name"},
		// Docker Engine API, "Ping"; Distribution's HTTP API V2, "API Version Check".
		{name: "Docker", ports: []uint16{2375}, header: "Server", value: `^Docker/([\w.+~-]{1,30})`},
		{name: "Docker", header: "Docker-Experimental"},
		{name: "Docker Registry", ports: []uint16{5000}, path: "/v2/", header: "Docker-Distribution-Api-Version", value: `^registry/`},
		// Kubernetes, "API Priority and Fairness": the headers that say how a request was classified; "The Kubernetes API".
		{name: "Kubernetes API", ports: []uint16{6443}, path: "/version", body: `"gitVersion"\s*:\s*"(v[\w.+-]{1,30})"`},
		{name: "Kubernetes API", header: "X-Kubernetes-Pf-Flowschema-Uid"},
		// etcd, "Operations guide": /version.
		{name: "etcd", ports: []uint16{2379, 2380}, path: "/version", body: `^\{"etcdserver":"([\w.+-]{1,20})"`},
		// MS-WSMV 2.1: only POST is known at /wsman.
		{name: "WinRM", ports: []uint16{5985, 5986}, path: "/wsman", header: "Server", value: `^Microsoft-HTTPAPI/`, status: []int{401, 405}},
		// Prometheus, "Management API".
		{name: "Prometheus", ports: []uint16{9090}, path: "/-/healthy", body: `^Prometheus (?:Server )?is Healthy\.`},
		// Grafana, "Other HTTP API": health.
		{name: "Grafana", ports: []uint16{3000}, path: "/api/health", body: `(?s)^\{[^}]*"database"\s*:\s*"\w+"[^}]*"version"\s*:\s*"([\w.+-]{1,20})"`},
		{name: "Grafana", ports: []uint16{3000}, path: "/api/health", body: `(?s)^\{\s*"(?:commit|database)"\s*:[^}]*"database"\s*:\s*"\w+"`},
		// InfluxDB API reference: every answer has it.
		{name: "InfluxDB", ports: []uint16{8086}, header: "X-Influxdb-Version", value: version},
		// Consul HTTP API, "Blocking queries" and "ACL".
		{name: "Consul", ports: []uint16{8500}, path: "/v1/catalog/datacenters", header: "X-Consul-*"},
		// Vault API, /sys/health.
		{name: "Vault", ports: []uint16{8200}, path: "/v1/sys/health", body: `^\{"initialized":(?:true|false),"sealed":.*"version":"([\w.+-]{1,20})"`},
		{name: "CouchDB", ports: []uint16{5984}, header: "Server", value: `^CouchDB/([\w.-]{1,20})`},
		{name: "RabbitMQ management", ports: []uint16{15672}, path: "/", body: `(?i)<title>RabbitMQ Management</title>`},
		{name: "ActiveMQ", ports: []uint16{8161}, header: "Www-Authenticate", value: `realm="ActiveMQRealm"`},
		{name: "Neo4j", ports: []uint16{7474}, path: "/", body: `"neo4j_version"\s*:\s*"([\w.+-]{1,20})"`},
		{name: "ClickHouse", ports: []uint16{8123}, header: "X-Clickhouse-*"},
		{name: "Solr", ports: []uint16{8983}, header: "Location", value: `/solr/$`},
		{name: "Jenkins", header: "X-Jenkins", value: version},
		{name: "Plex Media Server", ports: []uint16{32400}, header: "X-Plex-Protocol"},
		{name: "GitLab", header: "X-Gitlab-Meta"},
		{name: "Exchange", header: "X-Owa-Version", value: version},
		{name: "Exchange", header: "X-Feserver"},
		{name: "SharePoint", header: "Microsoftsharepointteamservices", value: version},
	}
}
