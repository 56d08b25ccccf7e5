package usage

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/proxy"
	"whyport/probe/remote"
	"whyport/probe/target"
	"whyport/services"
	"whyport/services/profile"
)

// passed are the flags of a check that other computers get as they were typed.
func passed() []string {
	return []string{"profile", "require", "ipv4", "ipv6", "first-address", "addresses", "tls", "server-name", "timeout", "max-time",
		"attempts", "concurrency", "rate", "samples", "options", "mtu", "careful", "trace", "no-trace", "resolver", "no-dns", "proxy", "direct"}
}

// prepared are those of which other computers get what they mean here: names of services and excluded ports are this computer's,
// files are read here, and what is secret goes through standard input.
func prepared() []string {
	return []string{"ports", "targets", "exclude", "profile-file", "snmp-community", "proxy-login"}
}

// keptHere are those that say what becomes of the results.
func keptHere() []string {
	return []string{"from", "from-path", "push", "from-parallel", "format", "json", "output", "color", "ascii", "quiet"}
}

// refusedFrom are those that say nothing of several places, with what to do instead.
func refusedFrom() map[string]string {
	const saved = "run whyport there, save its report with --json, and use whyport compare"
	return map[string]string{"watch": "repeat the command", "watch-interval": "repeat the command", "until": "repeat the command",
		"hold": saved, "bundle": saved, "ticket": saved, "redact": saved, "redact-target": saved,
		"token": saved, "code": saved, "connect-back": saved, "meet": saved, "peer": saved,
		"interface": "leave it out: it names an interface of this computer", "accessible": "type --format markdown", "bom": "leave it out",
		"verbose": "run whyport there, or type --json"}
}

func refuseFrom(c *cli.Context) error {
	for flag, instead := range refusedFrom() {
		if c.IsSet(flag) {
			return New(instead, "--from and --%s do not go together", flag)
		}
	}
	if pac := c.String("proxy"); strings.HasPrefix(pac, pacPrefix) && !strings.Contains(pac, "://") {
		return New("name it by its link: --proxy pac:http://pac.example/proxy.pac", "--from can't take the PAC file of this computer along")
	}
	for _, w := range c.Args().Slice() {
		if domain, is := target.MailDomain(w); is {
			return New("type the mail servers with --profile "+mailProfile, "--from can't look up the mail servers of %s everywhere", target.Shown(domain))
		}
	}
	for _, name := range c.StringSlice("profile") {
		if p, err := profile.Find(name); err == nil && p.Origin != profile.OriginBuiltIn {
			return New("name its file, which then comes along: --profile-file FILE", "--from finds the profile %s only on this computer", target.Shown(name))
		}
	}
	return nil
}

// jobOf is what the hosts of --from are to do.
func jobOf(c *cli.Context, names *services.Registry, plan *probe.Plan) (*remote.Job, error) {
	job := &remote.Job{Flags: []string{"check", "--format=ndjson"}, Path: c.String("from-path"), Within: mostRun}
	for _, name := range passed() {
		if c.IsSet(name) {
			job.Flags = append(job.Flags, spelled(c, name)...)
		}
	}
	if plan.Options.MaxTime > 0 {
		job.Within = plan.Options.MaxTime + afterMaxTime
	}
	if err := prepare(c, names, job); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	size := 0
	for _, t := range plan.Targets {
		if in := t.Input; !seen[in] {
			seen[in] = true
			job.Words, size = append(job.Words, in), size+len(in)
		}
	}
	if size > mostWords {
		return nil, New("name fewer targets at once", "so many targets can't be passed on to other computers")
	}
	if c.Bool("push") {
		copied, err := ownProgram()
		job.Copy = copied
		return job, err
	}
	return job, nil
}

// Bounds of a run elsewhere.
const (
	mostRun      = 15 * time.Minute
	afterMaxTime = 10 * time.Second // to write the report
	mostWords    = 64 << 10         // bytes of targets
	mostProgram  = 512 << 20
)

// spelled are a flag and its values.
func spelled(c *cli.Context, name string) (words []string) {
	if several := c.StringSlice(name); several != nil {
		for _, one := range several {
			words = append(words, "--"+name+"="+one)
		}
		return words
	}
	return []string{fmt.Sprintf("--%s=%v", name, c.Value(name))}
}

// prepare adds what flags mean here.
func prepare(c *cli.Context, names *services.Registry, job *remote.Job) error {
	if c.IsSet("ports") {
		found, err := names.ParsePorts(c.String("ports"))
		if err != nil {
			return err
		}
		var list []string
		for _, p := range found {
			list = append(list, fmt.Sprintf("%d/%s", p.Port, p.Protocol))
		}
		job.Flags = append(job.Flags, "--ports="+strings.Join(list, ","))
	}
	without, err := excluded(c, names)
	if err != nil {
		return err
	}
	if list := without.list(); list != "" {
		job.Flags = append(job.Flags, "--exclude="+list)
	}
	if name := c.String("profile-file"); name != "" {
		text, err := os.ReadFile(name)
		if err != nil {
			return err // it was read a moment ago
		}
		job.Files = append(job.Files, remote.File{Flag: "--profile-file", Name: filepath.Base(name), Text: text})
	}
	if c.IsSet("snmp-community") {
		secret, err := community(c)
		if err != nil {
			return err
		}
		job.Env = append(job.Env, CommunityVariable+"="+secret)
	}
	if c.IsSet("proxy-login") {
		text, err := os.ReadFile(c.String("proxy-login")) // it was checked with the plan
		if err != nil {
			return err
		}
		job.Env = append(job.Env, proxy.LoginVariable+"="+strings.TrimRight(string(text), "\r\n"))
	}
	return nil
}

// ownProgram is this program's file.
func ownProgram() (*remote.Copy, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > mostProgram {
		err = New("install whyport there", "this program's file is too large to be copied")
	}
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	b := build()
	return &remote.Copy{Program: text, OS: b.OS, Arch: b.Arch}, err
}
