// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// command returns the description of sockcat, with flags that set t.
func (t *target) command() *command {
	return &command{
		name: "sockcat",
		usage: []item{
			{"sockcat [FLAGS] HOST PORT", "connect, send standard input, and write what is received to standard output"},
			{"sockcat -l [FLAGS] [HOST] PORT", "listen, and do the same with the first client, or with -k with all"},
			{"sockcat -z [FLAGS] HOST PORT...", "test which ports accept connections"},
			{"sockcat relay [FLAGS] LISTEN TARGET", "relay connections"},
			{"sockcat demo [FLAGS]", "send a file over loopback and back, and print a dozen socket options"},
			{"sockcat options [FLAGS]", "list the socket options, with their values on a new socket"},
			{"sockcat help [FLAGS] [COMMAND]", "print the help of a command, the manual page, or completions for a shell"},
			{"sockcat version", "print the version"},
		},
		about: `
When standard input ends, sockcat half-closes the connection and continues to write
what the peer sends to standard output. When the peer ends its stream, standard
input stays open, except with -l on a terminal. sockcat ends when both directions
have ended. It runs no programs: there is no --exec, on purpose.

Flags may follow HOST and PORT, and letters may be combined, as in -lv. HOST:PORT
and [::1]:80 are accepted too, and PORT may be the name of a service. TIME is a
number of seconds, or a time such as 500ms. Defaults are in parentheses.
`,
		groups: []group{
			t.connectionFlags(),
			t.transferFlags(),
			{"flags for monitoring, on standard error", []flag{
				{long: "hex", arg: "[=FILE]", help: "write a hex dump of both directions to standard error, or to FILE; with -k, each row begins with the number of the client", set: func(name string) error { t.hex = &name; return nil }},
				{long: "progress", help: "print how much of a file was sent, and the time left", set: t.setProgress},
				{long: "report", arg: "FILE", help: "write an HTML page with plots of the connection's statistics to FILE", set: setString(&t.report)},
				{long: "stat", arg: "TIME", help: "print a line of statistics every TIME, and one for the whole connection at the end", set: setTime(&t.stat)},
				{long: "stat-format", arg: "FORMAT", choices: []string{"text", "json", "csv"}, help: "print the lines of --stat as text, json or csv (text)", set: setString(&t.format)},
				{short: "v", long: "verbose", help: "print the addresses, the value that the kernel reports for each -o, the reason for the end, and the bytes moved", set: setTrue(&t.verbose)},
			}},
			t.secure.group(),
		},
		refused:  refused,
		sections: []section{statSection, escapeSection, statusSection, exampleSection},
	}
}

func (t *target) connectionFlags() group {
	return group{"flags for the connection", []flag{
		{short: "4", long: "ipv4", help: "use IPv4 only", set: setTrue(&t.ipv4)},
		{short: "6", long: "ipv6", help: "use IPv6 only", set: setTrue(&t.ipv6)},
		{short: "h", long: "help", help: "print this help"},
		{short: "k", long: "keep-open", help: "with -l, serve any number of clients concurrently: write what they send to standard output, and send standard input, or the file of --input, to each; there are no escapes", set: setTrue(&t.keep)},
		{short: "l", long: "listen", help: "listen; PORT 0 is any free port", set: setTrue(&t.listen)},
		{long: "max-conns", arg: "N", help: "serve at most N clients of -k concurrently (100); the others wait", set: setCount(&t.most)},
		{short: "n", long: "nodns", help: "do not look up names; HOST and PORT are numbers", set: setTrue(&t.nodns)},
		{short: "o", long: "option", arg: "NAME=VALUE", help: "set a socket option, by its name in package sockopt or in C (see sockcat options); may be repeated", set: addSetting(&t.settings)},
		{short: "p", long: "source-port", arg: "PORT", help: "connect from PORT; with -l, listen on PORT", set: setString(&t.sourcePort)},
		{short: "s", long: "source", arg: "HOST", help: "connect from the address HOST; with -l, listen on it", set: setString(&t.sourceHost)},
		{short: "U", long: "unix", help: "use a Unix socket: sockcat -U PATH, sockcat -lU PATH", set: setTrue(&t.unix)},
		{long: "version", help: "print the version"},
		{short: "w", long: "wait", arg: "TIME", help: "give up connecting after TIME, and end the connection after TIME without traffic", set: setTime(&t.timeout)},
		{short: "z", long: "scan", help: "test whether each PORT, or each port of a range such as 20-30, accepts a connection within the TIME of -w (5s); print the open ones of several, or with -v a result for each", set: setTrue(&t.scan)},
	}}
}

func (t *target) transferFlags() group {
	return group{"flags for the transfer", []flag{
		{short: "C", long: "crlf", help: "send CR LF at the end of each line", set: setTrue(&t.crlf)},
		{short: "d", long: "recv-only", help: "receive only: do not read standard input, and end when the peer ends its stream", set: setTrue(&t.recvOnly)},
		{long: "escape", arg: "CHAR", help: "set the escape character: one character, ^X for a control character, or none (~ on a terminal, otherwise none)", set: t.setEscape},
		{long: "input", arg: "FILE", help: "send FILE instead of standard input", set: setString(&t.input)},
		{short: "N", help: "ignored, for compatibility with nc: sockcat always half-closes at the end of the input", set: func(string) error { return nil }},
		{short: "q", long: "quit", arg: "TIME", help: "end TIME after the end of the input, even if the peer has not ended its stream; if TIME is negative, never do so", set: t.setQuit},
		{long: "rate", arg: "BYTES", help: "limit each direction to BYTES per second, such as 500k or 2.5M; -v prints the rate", set: t.setRate},
		{long: "send-only", help: "send only: discard what the peer sends, and end when it has acknowledged all of the input", set: setTrue(&t.sendOnly)},
		{long: "urgent", help: "print to standard error each urgent byte that is received, and remove it from the output (if several arrive together, TCP marks only the last)", set: setTrue(&t.urgent)},
	}}
}

var statusSection = section{title: "exit status", items: []item{
	{"0", "all was sent and received, ~a aborted the connection, or a port of -z is open"},
	{"1", "the network or a file failed"},
	{"2", "the command line is wrong"},
	{"130, 143", "interrupted with ^C, terminated by SIGTERM"},
	{"141", "standard output was closed"},
}}

var exampleSection = section{title: "examples", lines: []string{
	"sockcat example.com 80",
	"sockcat -lv 8080 > received",
	"sockcat -v -o UserTimeout=10s -o TCP_NODELAY=off db.example.com 5432",
	"sockcat --progress --report page.html --input big.iso 192.0.2.7 9000",
	"sockcat --tls --stat 1 example.com 443",
}}

// refused is what other programs, mostly versions of nc, understand and sockcat
// does not.
var refused = []refusal{
	{[]string{"-u", "--udp"}, "UDP in nc; sockcat has streams only (--urgent prints urgent bytes)"},
	{[]string{"-e", "-c", "--exec", "--sh-exec", "--lua-exec"}, "runs a program in some versions of nc; sockcat runs none (--escape sets the escape character)"},
	{[]string{"-i", "--interval"}, "an interval in nc, and not supported (--input sends a file)"},
	{[]string{"-x", "--hex-dump"}, "a proxy in one nc and a hex dump in another; sockcat has no proxies"},
	{[]string{"-X", "-P", "--proxy", "--proxy-type", "--proxy-auth"}, "sockcat has no proxies"},
	{[]string{"-t", "--telnet"}, "sockcat does not answer Telnet commands"},
	{[]string{"-b", "-r", "-D", "-F", "-W", "-Z"}, "not in sockcat"},
	{[]string{"-I"}, "use -o ReadBuffer=BYTES"},
	{[]string{"-O"}, "use -o WriteBuffer=BYTES"},
	{[]string{"-M"}, "use -o HopLimit=N"},
	{[]string{"-m"}, "use -o MinHopLimit=N, or --max-conns N as in ncat"},
	{[]string{"-S"}, "use -o MD5SigExt=..."},
	{[]string{"-T"}, "use -o TrafficClass=N"},
	{[]string{"-V"}, "use -o RoutingTable=N"},
	{[]string{"--ssl", "--ssl-verify"}, "use --tls, which verifies the certificate"},
	{[]string{"--ssl-alpn"}, "use --alpn"},
	{[]string{"--ssl-cert", "--ssl-key"}, "use --cert and --key"},
	{[]string{"--ssl-servername"}, "use --servername"},
	{[]string{"--ssl-trustfile"}, "use --ca"},
	{[]string{"--idle-timeout"}, "use -w"},
	{[]string{"--unixsock"}, "use --unix"},
}

func (t *target) setEscape(arg string) (err error) {
	t.escape, err = parseEscape(arg)
	return err
}

func (t *target) setProgress(string) error {
	t.progress = new(progress)
	return nil
}

func (t *target) setQuit(arg string) error {
	d, err := parseTime(arg)
	if t.quit = &d; d < 0 {
		t.quit = nil
	}
	return err
}

func (t *target) setRate(arg string) (err error) {
	t.rate, err = parseRate(arg)
	return err
}

// parseTarget makes a target of the command line.
func parseTarget(args []string, stdout io.Writer, con *console) (*target, error) {
	t := &target{most: 100}
	t.network, t.con = "tcp", con
	cmd := t.command()
	operands, err := cmd.parse(args, stdout)
	if err != nil {
		return nil, err
	}
	if err := t.exclusive(); err != nil {
		return nil, cmd.usagef("%w", err)
	}
	switch {
	case t.unix:
		t.network = "unix"
	case t.ipv4:
		t.network = "tcp4"
	case t.ipv6:
		t.network = "tcp6"
	}
	if err := t.parseOperands(operands); err != nil {
		return nil, cmd.usagef("%w", err)
	}
	if err := t.secure.check(t.listen, t.host); err != nil {
		return nil, cmd.usagef("%w", err)
	}
	if err := t.secure.load(t.host); err != nil {
		return nil, err
	}
	t.idle = t.timeout
	if t.scan && t.timeout == 0 {
		t.timeout = 5 * time.Second
	}
	return t, nil
}

// exclusive returns an error for flags that make no sense together.
func (t *target) exclusive() error {
	type named struct {
		is   bool
		name string
	}
	watching := named{t.stat > 0 || t.progress != nil || t.report != "", "--stat, --progress or --report"}
	for _, pair := range [][2]named{
		{{t.ipv4, "-4"}, {t.ipv6, "-6"}},
		{{t.ipv4 || t.ipv6, "-4 or -6"}, {t.unix, "-U"}},
		{{t.sourceHost != "" || t.sourcePort != "", "-s or -p"}, {t.unix, "-U"}},
		{{t.urgent, "--urgent"}, {t.unix, "-U"}},
		{{t.urgent, "--urgent"}, {t.secure.on, "--tls"}},
		{{t.sendOnly, "--send-only"}, {t.recvOnly, "--recv-only"}},
		{{t.input != "", "--input"}, {t.recvOnly, "--recv-only"}},
		{{t.scan, "-z"}, {t.listen, "-l"}},
		{{t.scan, "-z"}, {t.unix, "-U"}},
		{{t.keep, "-k"}, watching},
		{{t.keep, "-k"}, {t.escape > 0, "--escape"}},
	} {
		if pair[0].is && pair[1].is {
			return fmt.Errorf("%s and %s are mutually exclusive", pair[0].name, pair[1].name)
		}
	}
	if t.keep && !t.listen {
		return errors.New("-k requires -l")
	}
	return nil
}
