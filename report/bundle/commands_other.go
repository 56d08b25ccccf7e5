//go:build !linux && !darwin && !windows

package bundle

func commands() []command {
	return []command{
		{"routes.txt", []string{"netstat -rn"}}, {"interfaces.txt", []string{"ifconfig -a"}}, {"resolvers.txt",
			[]string{"cat /etc/resolv.conf"}},
		{"clock.txt", []string{"date -u"}},
	}
}
