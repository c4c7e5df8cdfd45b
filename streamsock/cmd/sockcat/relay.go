// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
)

// A relay contains the flags and operands of sockcat relay.
type relay struct {
	con            *console
	ipv4, ipv6     bool
	verbose        bool
	most           int
	timeout        time.Duration
	relayer        streamsock.Relayer
	listen, target side
}

// A side is one of the two sides of a relay.
type side struct {
	endpoint
	host   string // of the address; empty for a Unix socket
	secure secure
}

func newRelay(con *console) *relay {
	r := &relay{con: con, most: 1000, timeout: 10 * time.Second}
	r.listen.secure.prefix, r.target.secure.prefix = "listen-", "target-"
	return r
}

func (r *relay) command() *command {
	return &command{
		name:  "sockcat relay",
		usage: []item{{"sockcat relay [FLAGS] LISTEN TARGET", "relay connections"}},
		about: `
Listens on LISTEN, and relays each client to a separate connection to TARGET, until
it is interrupted. LISTEN is PORT, HOST:PORT or unix:PATH; TARGET is HOST:PORT or
unix:PATH. On Linux, bytes between two sockets without TLS stay in the kernel. When
one side ends its stream, the relay half-closes the other side. With --reset, it
also passes on resets.

When a session ends, a line is printed to standard error: the number of the client,
its address and that of the target, the bytes to and from the target, the time, and
the reason if the session failed.
`,
		groups: []group{
			{"flags", []flag{
				{short: "4", long: "ipv4", help: "use IPv4 only", set: setTrue(&r.ipv4)},
				{short: "6", long: "ipv6", help: "use IPv6 only", set: setTrue(&r.ipv6)},
				{long: "idle", arg: "TIME", help: "end a session without traffic for TIME", set: setTime(&r.relayer.IdleTimeout)},
				{long: "max-conns", arg: "N", help: "serve at most N clients concurrently (1000); the others wait", set: setCount(&r.most)},
				{short: "o", long: "option", arg: "NAME=VALUE", help: "set a socket option on both sides; may be repeated", set: r.addSetting},
				{long: "reset", help: "reset both connections of a session that fails, so that no peer mistakes a truncated stream for a complete one", set: setTrue(&r.relayer.Reset)},
				{long: "urgent", help: "pass on urgent bytes as urgent data, at their places", set: setTrue(&r.relayer.Urgent)},
				{short: "v", long: "verbose", help: "also print a line when a session begins", set: setTrue(&r.verbose)},
				{short: "w", long: "wait", arg: "TIME", help: "give up a session that is not established within TIME (10s)", set: setTime(&r.timeout)},
			}},
			{"flags for the listening side", sorted(append(r.listen.secure.serverFlags(),
				flag{long: "listen-option", arg: "NAME=VALUE", help: "set a socket option; may be repeated", set: addSetting(&r.listen.settings)}))},
			{"flags for the target side", sorted(append(r.target.secure.clientFlags(),
				flag{long: "target-option", arg: "NAME=VALUE", help: "set a socket option; may be repeated", set: addSetting(&r.target.settings)}))},
		},
		sections: []section{{title: "examples", lines: []string{
			"sockcat relay 8080 db.example.com:5432",
			"sockcat relay 127.0.0.1:2375 unix:/var/run/docker.sock",
			"sockcat relay --listen-tls --listen-cert c --listen-key k 443 [::1]:80",
			"sockcat relay --target-tls -o KeepAliveIdle=30s 6380 redis.example.com:6379",
		}}},
	}
}

// addSetting adds the argument of -o to both sides.
func (r *relay) addSetting(arg string) error {
	s, err := parseSetting(arg)
	r.listen.settings = append(r.listen.settings, s)
	r.target.settings = append(r.target.settings, s)
	return err
}

// relayCommand is the command "sockcat relay". It ends with the context.
func relayCommand(ctx context.Context, args []string, stdout io.Writer, con *console) error {
	r := newRelay(con)
	if err := r.parse(args, stdout); err != nil {
		return err
	}
	l, err := r.listen.endpoint.listen(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	con.print("listening on %v", l.Addr())
	return l.each(ctx, r.most, func(c socket, n int, done func()) { r.session(ctx, c, n, done) })
}

func (r *relay) parse(args []string, stdout io.Writer) error {
	cmd := r.command()
	operands, err := cmd.parse(args, stdout)
	if err != nil {
		return err
	}
	network := "tcp"
	switch {
	case r.ipv4 && r.ipv6:
		return cmd.usagef("-4 and -6 are mutually exclusive")
	case r.ipv4:
		network = "tcp4"
	case r.ipv6:
		network = "tcp6"
	}
	if len(operands) != 2 {
		return cmd.usagef("expected LISTEN TARGET, not %q", strings.Join(operands, " "))
	}
	for n, s := range []*side{&r.listen, &r.target} {
		server := n == 0
		err := s.parse(operands[n], network, server)
		if err == nil {
			err = s.secure.check(server, s.host)
		}
		if err == nil && r.relayer.Urgent && (s.secure.on || s.network == "unix") {
			err = errors.New("--urgent needs TCP without TLS on both sides")
		}
		if err != nil {
			return cmd.usagef("%w", err)
		}
		if err := s.secure.load(s.host); err != nil {
			return err
		}
	}
	return nil
}

// parse sets the address.
func (s *side) parse(operand, network string, server bool) error {
	if path, ok := strings.CutPrefix(operand, "unix:"); ok && path != "" {
		s.network, s.address = "unix", path
		return nil
	}
	host, ports, err := hostPorts([]string{operand}, server)
	if err != nil {
		return fmt.Errorf("%w (unix:PATH is a Unix socket)", err)
	}
	port, err := net.LookupPort("tcp", ports[0])
	s.network, s.host, s.address = network, host, net.JoinHostPort(host, strconv.Itoa(port))
	return err
}

// session relays client number n, and calls done when that has ended.
func (r *relay) session(ctx context.Context, c socket, n int, done func()) {
	begun := time.Now()
	line := fmt.Sprintf("#%d %s -> %s", n, addrName(c.RemoteAddr()), r.target.address)
	a, b, err := r.connect(ctx, c)
	if err != nil {
		r.con.print("%s: %v", line, err)
		done()
		return
	}
	if r.verbose {
		r.con.print("%s: %s to %s", line, protocol(a), protocol(b))
	}
	r.relayer.Go(ctx, a, b, func(s streamsock.RelayStats, err error) {
		defer done()
		line := fmt.Sprintf("%s: %s out, %s in, %s", line, size(float64(s.AToB)), size(float64(s.BToA)), clock(time.Since(begun)))
		if err != nil && ctx.Err() == nil {
			line += fmt.Sprintf(": %v", err)
		}
		r.con.print("%s", line)
	})
}

// connect returns the connections to relay for a client, or closes its
// connection.
func (r *relay) connect(ctx context.Context, c socket) (a, b stream, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	a, err = r.listen.secure.over(ctx, c, true)
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	d, err := r.target.dial(ctx)
	if err != nil {
		a.Close()
		return nil, nil, err
	}
	b, err = r.target.secure.over(ctx, d, false)
	if err != nil {
		a.Close()
		d.Close()
	}
	return a, b, err
}
