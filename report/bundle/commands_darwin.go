package bundle

func commands() []command {
	return []command{
		{"routes.txt", []string{"netstat -rn"}}, {"interfaces.txt", []string{"ifconfig -a"}}, {"resolvers.txt", []string{"scutil --dns"}},
		{"system-proxy.txt", []string{"scutil --proxy"}}, {"clock.txt", []string{"date -u"}},
	}
}
