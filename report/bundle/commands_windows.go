package bundle

func commands() []command {
	return []command{
		{"routes.txt", []string{"route print"}}, {"interfaces.txt", []string{"ipconfig /all"}}, {"resolvers.txt",
			[]string{"netsh interface ip show dnsservers"}},
		{"system-proxy.txt", []string{"netsh winhttp show proxy"}}, {"clock.txt", []string{"w32tm /query /status"}},
	}
}
