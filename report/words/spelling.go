package words

import "strings"

// protocolWords writes a protocol's code as people do.
func protocolWords(code string) string {
	if name, ok := spelling()[code]; ok {
		return name
	}
	switch code {
	case "https", "imaps", "ldaps", "smtps", "pop3s", "ftps":
		return strings.ToUpper(code[:len(code)-1]) + "S"
	}
	if len(code) <= 6 {
		return strings.ToUpper(code)
	}
	return code
}

// spelling are the names of protocols that are not their codes in capitals.
func spelling() map[string]string {
	names := map[string]string{
		"mysql": "MySQL", "postgresql": "PostgreSQL", "mongodb": "MongoDB", "mssql": "SQL Server", "sql-browser": "SQL Server Browser",
		"oracle-tns": "Oracle", "kafka": "Kafka", "cassandra": "Cassandra", "firebird": "Firebird",
		"zookeeper": "ZooKeeper", "bolt": "Neo4j",
		"mdns": "mDNS", "kerberos": "Kerberos", "kpasswd": "Kerberos password change", "netbios-ns": "NetBIOS names",
		"cldap": "LDAP over UDP",
		"msrpc": "Windows RPC", "iscsi": "iSCSI", "openvpn": "OpenVPN", "wireguard": "WireGuard", "syslog": "Syslog", "mumble": "Mumble",
		"coap": "CoAP", "synergy": "Synergy", "kadmin": "Kerberos administration", "redis": "Redis",
		"quic": "QUIC", "teamspeak": "TeamSpeak", "asterisk-manager": "Asterisk's console", "munin": "Munin",
		"varnish-cli": "Varnish's console",
		"spamd":       "SpamAssassin", "clamd": "ClamAV", "nut": "Network UPS Tools", "gearman": "Gearman", "zabbix": "Zabbix", "git": "Git",
		"ceph": "Ceph", "tarantool": "Tarantool", "zeromq": "ZeroMQ", "ganglia": "Ganglia", "socks": "SOCKS",
	}
	for _, code := range []string{ // written as they are
		"daytime", "telnet", "rsync", "chargen", "time", "echo", "discard", "ident", "rpcbind", "epmd", "gpsd", "iperf3", "distcc",
	} {
		names[code] = code
	}
	return names
}
