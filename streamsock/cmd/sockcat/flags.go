// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"io"
	"net"
	"strings"
)

// command returns the description of sockcat, with flags that set t.
func (t *target) command() *command {
	return &command{
		name: "sockcat",
		usage: []item{
			{"sockcat [FLAGS] HOST PORT", "connect, and join standard input and output to the connection"},
			{"sockcat -l [FLAGS] [HOST] PORT", "the same with the first peer that connects"},
			{"sockcat demo [FLAGS]", "send a file over loopback and back, and print the values of a dozen socket options"},
			{"sockcat options [FLAGS]", "list every socket option, with its value on a new socket"},
			{"sockcat help [COMMAND]", "print the help of a command"},
			{"sockcat version", "print the version"},
		},
		about: `
The end of standard input is passed on to the peer by a half-close, and what the
peer still sends is written to standard output. The end of the peer's stream leaves
standard input open. sockcat ends when both have ended.

Flags may follow HOST and PORT, and letters may be combined, as in -lv. HOST:PORT
and [::1]:80 are accepted too, and PORT may be the name of a service. TIME is a
number of seconds, or a time such as 500ms.
`,
		groups: []group{
			{"flags", []flag{
				{short: "4", long: "ipv4", help: "use IPv4 only", set: setTrue(&t.ipv4)},
				{short: "6", long: "ipv6", help: "use IPv6 only", set: setTrue(&t.ipv6)},
				{long: "escape", arg: "CHAR", help: "set the escape character (~ on a terminal, none elsewhere); none for none, ^X for a control character", set: t.setEscape},
				{short: "h", long: "help", help: "print this help"},
				{long: "input", arg: "FILE", help: "send FILE in place of standard input", set: setString(&t.input)},
				{short: "l", long: "listen", help: "listen; PORT 0 is any free port", set: setTrue(&t.listen)},
				{short: "o", long: "option", arg: "NAME=VALUE", help: "set a socket option by its name in package sockopt or in C; may be repeated; sockcat options lists the names", set: t.addSetting},
				{long: "urgent", help: "print each urgent byte of the peer to standard error, and remove it from the output (of several that arrive together, TCP marks only the last)", set: setTrue(&t.urgent)},
				{short: "v", long: "verbose", help: "print to standard error who is connected, and the value of each -o that the kernel reports", set: setTrue(&t.verbose)},
				{long: "version", help: "print the version"},
				{short: "w", long: "wait", arg: "TIME", help: "give up if there is no connection after TIME", set: setTime(&t.timeout)},
			}},
			{"flags for monitoring, on standard error", []flag{
				{long: "progress", help: "show how much of a file was sent, and the time left", set: t.setProgress},
				{long: "report", arg: "FILE", help: "write a page with plots of the connection's statistics, for a browser", set: setString(&t.report)},
				{long: "stat", arg: "TIME", help: "show a line in this interval: rates, round-trip time, congestion window, retransmits, bytes queued out/in", set: setTime(&t.stat)},
			}},
			t.secure.group(),
		},
		refused:  refused,
		sections: []section{escapeSection, statusSection, exampleSection},
	}
}

var escapeSection = section{title: "escapes, each a line that begins with the escape character", items: []item{
	{"~uC, ~u0x21", "send the byte C, or 0x21, as urgent data"},
	{"~f", "half-close: send FIN"},
	{"~a", "abort: send RST"},
	{"~s", "show the state of the connection"},
	{"~?", "list these"},
	{"~~", "send a line that begins with ~"},
}}

var statusSection = section{title: "exit status", items: []item{
	{"0", "all was sent and received, or ~a aborted the connection"},
	{"1", "the network or a file failed"},
	{"2", "the command line is wrong"},
	{"130, 143", "interrupted by ^C, terminated by SIGTERM"},
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
	{[]string{"-u", "--udp"}, "UDP in nc; sockcat is for streams (--urgent prints urgent bytes)"},
	{[]string{"-e", "-c", "--exec", "--sh-exec", "--lua-exec"}, "runs a program in some versions of nc; sockcat runs none (--escape sets the escape character)"},
	{[]string{"-i", "--interval"}, "an interval in nc, and not here (--input sends a file)"},
	{[]string{"-x", "--hex-dump"}, "a proxy in one nc and a hex dump in another; sockcat has no proxies"},
	{[]string{"-X", "-P", "--proxy", "--proxy-type", "--proxy-auth"}, "sockcat has no proxies"},
	{[]string{"-t", "--telnet"}, "sockcat does not answer Telnet commands"},
	{[]string{"-b", "-r", "-D", "-F", "-W", "-Z"}, "not in sockcat"},
	{[]string{"-I"}, "use -o ReadBuffer=BYTES"},
	{[]string{"-O"}, "use -o WriteBuffer=BYTES"},
	{[]string{"-M"}, "use -o HopLimit=N"},
	{[]string{"-m"}, "use -o MinHopLimit=N"},
	{[]string{"-S"}, "use -o MD5SigExt=..."},
	{[]string{"-T"}, "use -o TrafficClass=N"},
	{[]string{"-V"}, "use -o RoutingTable=N"},
	{[]string{"--ssl"}, "use --tls"},
	{[]string{"--ssl-cert", "--ssl-key"}, "use --cert and --key"},
}

func (t *target) setEscape(arg string) (err error) {
	t.escape, err = parseEscape(arg)
	return err
}

func (t *target) setProgress(string) error {
	t.progress = new(progress)
	return nil
}

func (t *target) addSetting(arg string) error {
	s, err := parseSetting(arg)
	t.settings = append(t.settings, s)
	return err
}

// parseTarget makes a target of the command line.
func parseTarget(args []string, stdout io.Writer, con *console) (*target, error) {
	t := &target{network: "tcp"}
	t.con = con
	cmd := t.command()
	operands, err := cmd.parse(args, stdout)
	if err != nil {
		return nil, err
	}
	switch {
	case t.ipv4 && t.ipv6:
		return nil, cmd.usagef("-4 and -6 are mutually exclusive")
	case t.ipv4:
		t.network = "tcp4"
	case t.ipv6:
		t.network = "tcp6"
	}
	if t.urgent && t.secure.on {
		return nil, cmd.usagef("--urgent and --tls are mutually exclusive: %w", errUrgentTLS)
	}
	host, port, err := hostPort(operands, t.listen)
	if err != nil {
		return nil, cmd.usagef("%w", err)
	}
	t.address, t.anyPort = net.JoinHostPort(host, port), port == "0"
	if err := t.secure.check(cmd, t.listen, host); err != nil {
		return nil, err
	}
	return t, nil
}

// hostPort returns the host and the number of the port that the operands name.
func hostPort(operands []string, listen bool) (host, port string, err error) {
	switch len(operands) {
	case 1:
		host, port, err = net.SplitHostPort(operands[0])
		if err != nil && listen && !strings.Contains(operands[0], ":") {
			port, err = operands[0], nil
		}
		if err != nil || host == "" && !listen {
			port = "" // neither HOST:PORT nor PORT
		}
	case 2:
		host, port = strings.TrimSuffix(strings.TrimPrefix(operands[0], "["), "]"), operands[1]
	}
	switch {
	case port == "" && listen:
		return "", "", fmt.Errorf("want PORT, HOST PORT or HOST:PORT after -l; got %q", strings.Join(operands, " "))
	case port == "":
		return "", "", fmt.Errorf("want HOST PORT or HOST:PORT; got %q", strings.Join(operands, " "))
	}
	number, err := net.LookupPort("tcp", port)
	return host, fmt.Sprint(number), err
}
