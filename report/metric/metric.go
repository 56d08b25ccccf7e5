// Package metric has the names of the metrics, which the text format and the exporter share, and what they mean.
package metric

// The metrics of a run.
const (
	RunTimestamp       = "whyport_run_timestamp_seconds"
	RequirementMet     = "whyport_requirement_met"
	PortUsable         = "whyport_port_usable"
	PortAnswer         = "whyport_port_answer_seconds"
	CertificateExpires = "whyport_certificate_expires_timestamp_seconds"
	Ports              = "whyport_ports"
)

// The metrics that only the exporter has.
const (
	PortInfo       = "whyport_port_info"
	PortAddresses  = "whyport_port_addresses"
	PortDuration   = "whyport_port_duration_seconds"
	TLSHandshake   = "whyport_tls_handshake_seconds"
	PortStopHop    = "whyport_port_stop_hop"
	RunInterrupted = "whyport_run_interrupted"
)

// The metrics that blackbox_exporter has under the same names, so that alerts that exist keep working.
const (
	Success        = "probe_success"
	Duration       = "probe_duration_seconds"
	LookupTime     = "probe_dns_lookup_time_seconds"
	IPProtocol     = "probe_ip_protocol"
	EarliestExpiry = "probe_ssl_earliest_cert_expiry"
)

// The metrics of the exporter itself.
const (
	BuildInfo       = "whyport_build_info"
	ProbesRunning   = "whyport_exporter_probes_running"
	Probes          = "whyport_exporter_probes_total"
	ProbeSeconds    = "whyport_exporter_probe_seconds"
	RequestsRefused = "whyport_exporter_refused_total"
)

// Help says what a metric means.
func Help(name string) string {
	switch name {
	case RunTimestamp:
		return "When the run began."
	case RequirementMet:
		return "Whether what is required of the target can be used (1 or 0; NaN: not established)."
	case PortUsable:
		return "Whether an application could use the port (1 or 0; NaN: not established)."
	case PortAnswer:
		return "How long the first answer took."
	case CertificateExpires:
		return "When the certificate of the port ends."
	case Ports:
		return "How many ports of a large run share a verdict."
	case PortInfo:
		return "What became of the port, and where and with what confidence it stopped; always 1."
	case PortAddresses:
		return "How many addresses of the target have the port usable (yes), not usable (no) or not established (unknown)."
	case PortDuration:
		return "How long it took to establish what becomes of the port."
	case TLSHandshake:
		return "How long the TLS handshake took."
	case PortStopHop:
		return "The hop at which connections to the port stop, counted from 1."
	case RunInterrupted:
		return "Whether the time ended before all was established (1 or 0)."
	}
	return helpOfExporter(name)
}

func helpOfExporter(name string) string {
	switch name {
	case Success:
		return "Displays whether or not the probe was a success: 1 if what is required can be used."
	case Duration:
		return "Returns how long the probe took to complete in seconds."
	case LookupTime:
		return "Returns the time taken for probe dns lookup in seconds."
	case IPProtocol:
		return "Specifies whether probe ip protocol is IP4 or IP6; 0 where both were tested."
	case EarliestExpiry:
		return "Returns the earliest end of the certificates that the ports sent, in unixtime; authorities' are not counted."
	case BuildInfo:
		return "The program's version; always 1."
	case ProbesRunning:
		return "How many probes are running."
	case Probes:
		return "How many probes ended, by their outcome."
	case ProbeSeconds:
		return "How long probes took, without waiting for their turn."
	case RequestsRefused:
		return "How many requests for a probe were refused, by HTTP status."
	}
	return ""
}
