package usage

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/mailhosts"
	"whyport/probe/target"
	"whyport/services/profile"
	"whyport/services/wants"
)

// mailProfile is what an e-mail address stands for where no other ports are named.
const mailProfile = "mail-client"

// mailWait bounds the questions for a domain's mail servers.
const mailWait = 10 * time.Second

// mailboxes takes the e-mail addresses out of what was typed, and says which servers their programs use. Name servers are
// asked for that; whoever names ports means a server, and is told how to type it.
func mailboxes(c *cli.Context, r mailhosts.Resolver, typed []string, require string) (found []probe.Target, rest []string, err error) {
	others := slices.DeleteFunc(slices.Clone(c.StringSlice("profile")), func(p string) bool { return p == mailProfile })
	for _, word := range typed {
		domain, is := target.MailDomain(word)
		if !is || c.IsSet("ports") || c.IsSet("profile-file") || len(others) > 0 {
			rest = append(rest, word)
			continue
		}
		ctx, stop := context.WithTimeout(c.Context, mailWait)
		servers, err := mailhosts.Find(ctx, r, domain)
		stop()
		switch {
		case errors.Is(err, mailhosts.ErrNone):
			return nil, nil, New("type the mail server, if you know it: whyport mail.example --profile "+mailProfile,
				"no mail server is published for %s", target.Shown(domain))
		case err != nil:
			return nil, nil, New("type the mail server, if you know it: whyport mail.example --profile "+mailProfile,
				"no name server tells the mail servers of %s", target.Shown(domain))
		}
		found = append(found, mailTarget(domain, servers, require))
	}
	return found, rest, nil
}

// mailTarget is what a mail program needs: to send, to read, and what is of use beside that.
func mailTarget(domain string, s mailhosts.Servers, require string) probe.Target {
	main := slices.Concat(s.Send, s.Receive, s.Arrive)[0].Host // the domain itself may have no address
	ports := func(servers []mailhosts.Server) []profile.Port { return mailPorts(servers, main) }
	beside := ports(s.Arrive)
	for _, host := range s.Setup {
		beside = append(beside, profile.Port{Port: https, Protocol: "tcp", Expect: wants.TLS, Host: host})
	}
	p := profile.Profile{Name: mailProfile}
	for _, g := range []profile.Group{
		{Name: "send", Mode: wants.Any, Ports: ports(s.Send)}, {Name: "receive", Mode: wants.Any, Ports: ports(s.Receive)},
		{Name: "optional", Mode: wants.Optional, Ports: beside},
	} {
		if len(g.Ports) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	out := need(profile.NeedOf(nil, []profile.Profile{p}, require), hint{})
	out.Input, out.Host, out.ServerName = domain, main, main
	return out
}

func mailPorts(servers []mailhosts.Server, main string) (out []profile.Port) {
	for _, s := range servers {
		expect := wants.StartTLS
		if s.TLS {
			expect = wants.TLS
		}
		p := profile.Port{Port: s.Port, Protocol: "tcp", Expect: expect, Host: s.Host}
		if s.Host == main {
			p.Host = ""
		}
		out = append(out, p)
	}
	return out
}
