package usage

import (
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/confine"
	"whyport/probe/proxy"
	"whyport/probe/proxy/auto"
	"whyport/probe/proxy/settings"
)

// MaxProxied bounds a run through a proxy: each port is a connection that the proxy makes.
const MaxProxied = 2000

// Values of --proxy that are no proxy.
const (
	autoProxy = "auto" // what is set up on this computer
	pacPrefix = "pac:" // a PAC file, as a path or URL
)

// proxyOf reads the flags about proxies. Without any, a proxy that the environment or the system's settings name is asked where
// the direct way fails; what is wrong there stops nobody who did not ask for it.
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
	if o.ProxyOnly = c.IsSet("proxy"); o.ProxyOnly {
		choice, err = onlyProxy(c, o)
	} else if choice, _ = proxy.FromEnvironment(os.Getenv); choice == nil {
		read := auto.System
		if confine.Available().Confines() {
			read = auto.Named // GNOME's are read by a program of its own, which can't be started later
		}
		choice, o.ProxyLater = read(c.Context, settings.Read, auto.ThisComputer(o.Resolver)), true
	}
	if err != nil || choice == nil {
		return err
	}
	o.Proxy = func(host string, port uint16) (proxy.Server, bool) {
		s, is := choice(host, port)
		if login.Given() && !s.Found {
			s.Login = login
		}
		return s, is
	}
	return nil
}

// onlyProxy is the choice of --proxy.
func onlyProxy(c *cli.Context, o *probe.Options) (proxy.Choice, error) {
	given := c.String("proxy")
	if where, is := strings.CutPrefix(given, pacPrefix); is {
		if err := auto.Check(c.Context, where); err != nil {
			return nil, New("name a PAC file: --proxy pac:FILE or --proxy pac:http://pac.example/proxy.pac", "the PAC file %q can't be used: %v",
				where, err)
		}
		return auto.Script(c.Context, where, auto.ThisComputer(o.Resolver)), nil
	}
	if given == autoProxy {
		choice, err := proxy.FromEnvironment(os.Getenv)
		if err == nil && choice == nil {
			choice = auto.Named(c.Context, settings.Read, auto.ThisComputer(o.Resolver))
		}
		if err == nil && choice == nil {
			err = New("type --proxy http://proxy.example:3128, or set the variable HTTPS_PROXY",
				"neither the environment nor the system's settings name a proxy")
		}
		return choice, err
	}
	s, err := proxy.Parse(given)
	if err == nil && s.Login.Given() {
		err = New("write name:password into a file and type --proxy-login FILE, or set "+proxy.LoginVariable,
			"a password on the command line can be seen by everybody on this computer")
	}
	return proxy.Always(s), err
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
