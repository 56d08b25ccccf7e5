package usage

import (
	"os"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/proxy"
)

// MaxProxied bounds a run through a proxy: each port is a connection that the proxy makes.
const MaxProxied = 2000

// autoProxy is the value of --proxy that stands for what is set up on this computer.
const autoProxy = "auto"

// proxyOf reads the flags about proxies. Without any, a proxy that the environment names is asked where the direct way
// fails; what is wrong there stops nobody who did not ask for it.
func proxyOf(c *cli.Context, o *probe.Options) error {
	if c.Bool("direct") {
		if c.IsSet("proxy") {
			return Exclusive("--proxy", "--direct")
		}
		return nil
	}
	login, err := proxyLogin(c)
	if err != nil {
		return err
	}
	var choice proxy.Choice
	switch given := c.String("proxy"); {
	case !c.IsSet("proxy"):
		choice, _ = proxy.FromEnvironment(os.Getenv)
	case given == autoProxy:
		if choice, err = proxy.FromEnvironment(os.Getenv); err == nil && choice == nil {
			err = New("type --proxy http://proxy.example:3128, or set the variable HTTPS_PROXY", "the environment names no proxy")
		}
		o.ProxyOnly = true
	default:
		var s proxy.Server
		if s, err = proxy.Parse(given); err == nil && s.Login.Given() {
			err = New("write name:password into a file and type --proxy-login FILE, or set "+proxy.LoginVariable,
				"a password on the command line can be seen by everybody on this computer")
		}
		choice, o.ProxyOnly = proxy.Always(s), true
	}
	if err != nil || choice == nil {
		return err
	}
	o.Proxy = func(host string, port uint16) (proxy.Server, bool) {
		s, is := choice(host, port)
		if login.Given() {
			s.Login = login
		}
		return s, is
	}
	return nil
}

// proxyLogin is that of the file or of the environment.
func proxyLogin(c *cli.Context) (proxy.Login, error) {
	if c.IsSet("proxy-login") {
		return proxy.LoginFromFile(c.String("proxy-login"))
	}
	return proxy.LoginFromEnvironment(os.Getenv)
}

// tooManyProxied checks a plan's size where all of it goes through a proxy.
func tooManyProxied(plan *probe.Plan, ports int) error {
	if plan.Options.ProxyOnly && ports > MaxProxied {
		return New("test fewer ports or targets at once, or test --direct", "that is more than %d ports through a proxy", MaxProxied)
	}
	return nil
}
