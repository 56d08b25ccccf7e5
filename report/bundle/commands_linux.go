package bundle

func commands() []command {
	return []command{
		{"routes.txt", []string{"ip route show table all", "netstat -rn"}}, {"routes6.txt", []string{"ip -6 route show table all",
			"netstat -rn -A inet6"}},
		{"interfaces.txt", []string{"ip address", "ifconfig -a"}}, {"resolvers.txt", []string{"resolvectl --no-pager status",
			"cat /etc/resolv.conf"}},
		{"clock.txt", []string{"timedatectl --no-pager", "date -u"}},
	}
}
