// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A target says what pipe is to connect to, and how.
type target struct {
	network  string
	address  string
	listen   bool
	timeout  time.Duration // 0 is none
	settings []sockopt.Setting
	tell     func(format string, args ...any) // does nothing without -v
	announce func(net.Addr)                   // tells where it listens
}

// pipe is the command "sockcat HOST PORT" and "sockcat -l PORT".
func pipe(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	t, err := parseTarget(args, stdout, stderr)
	if err != nil {
		return err
	}
	c, err := t.open()
	if err != nil {
		return err
	}
	defer c.Close()
	for _, s := range t.settings {
		i := s.Info()
		t.tell("%s (%s) is %s", i.Name, i.Sys, value(i, c))
	}
	return join(c, stdin, stdout)
}

// join copies both ways until both have ended. It may return while stdin is
// being read, because nothing ends that.
func join(c *streamsock.Conn, stdin io.Reader, stdout io.Writer) error {
	sent := make(chan error, 1)
	go func() { sent <- send(c, stdin) }()
	if _, err := io.Copy(stdout, c); err != nil {
		return plain(err) // the connection is broken, so there is nowhere to send
	}
	return <-sent
}

// send sends all of r, then the end. If the peer is gone, that ends the copy
// in the other direction too; if r cannot be read, the peer still can answer
// to what it got.
func send(c *streamsock.Conn, r io.Reader) error {
	_, err := io.Copy(c, r)
	if e := c.CloseWrite(); err == nil {
		err = e
	}
	return plain(err)
}

// plain takes off the layer that the ReadFrom and WriteTo of package net put
// around an error of the Read or Write inside, which says all by itself.
func plain(err error) error {
	outer, ok := err.(*net.OpError)
	if !ok || outer.Op != "readfrom" && outer.Op != "writeto" {
		return err
	}
	if _, bare := outer.Err.(*os.SyscallError); bare { // of splice or sendfile
		return err
	}
	return outer.Err
}

func (t *target) open() (*streamsock.Conn, error) {
	if t.listen {
		return t.accept()
	}
	c, err := streamsock.DialTimeout(t.network, t.address, t.timeout, t.settings...)
	if err != nil {
		return nil, err
	}
	t.tell("connected to %v from %v", c.RemoteAddr(), c.LocalAddr())
	return c, nil
}

// accept waits for one connection.
func (t *target) accept() (*streamsock.Conn, error) {
	var lc streamsock.ListenConfig
	lc.Options, lc.ConnOptions = split(t.settings)
	l, err := lc.Listen(context.Background(), t.network, t.address)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	t.announce(l.Addr())
	if t.timeout > 0 {
		l.SetDeadline(time.Now().Add(t.timeout))
	}
	c, err := l.AcceptStream()
	if err != nil {
		return nil, err
	}
	t.tell("connection from %v to %v", c.RemoteAddr(), c.LocalAddr())
	return c, nil
}

// split divides settings into those for a listener and those for the
// connections that it accepts. What counts in the handshake is for the
// listener, as there is no other socket yet.
func split(settings []sockopt.Setting) (listener, conn []sockopt.Setting) {
	for _, s := range settings {
		switch s.Info().When {
		case sockopt.AnyTime, sockopt.OnConnection:
			conn = append(conn, s)
		default:
			listener = append(listener, s)
		}
	}
	return listener, conn
}

// parseTarget makes a target of the command line.
func parseTarget(args []string, stdout, stderr io.Writer) (*target, error) {
	t := &target{network: "tcp", tell: func(string, ...any) {}}
	fs := flag.NewFlagSet("sockcat", flag.ContinueOnError)
	fs.BoolVar(&t.listen, "l", false, "")
	fs.DurationVar(&t.timeout, "w", 0, "")
	ipv4, ipv6 := fs.Bool("4", false, ""), fs.Bool("6", false, "")
	verbose := fs.Bool("v", false, "")
	fs.Func("o", "", func(arg string) error {
		s, err := parseSetting(arg)
		t.settings = append(t.settings, s)
		return err
	})
	if err := parse(fs, args, help, stdout); err != nil {
		return nil, err
	}

	switch {
	case *ipv4 && *ipv6:
		return nil, usagef(fs, "-4 and -6 exclude each other")
	case *ipv4:
		t.network = "tcp4"
	case *ipv6:
		t.network = "tcp6"
	}
	if t.timeout < 0 {
		return nil, usagef(fs, "-w %v is negative", t.timeout)
	}

	host, port, err := hostPort(fs, t.listen)
	if err != nil {
		return nil, err
	}
	t.address = net.JoinHostPort(host, strconv.Itoa(port))

	tell := func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) }
	if *verbose {
		t.tell = tell
	}
	t.announce = func(a net.Addr) {
		if *verbose || port == 0 { // nobody else knows the port
			tell("listening on %v", a)
		}
	}
	return t, nil
}

// hostPort returns what is left of the command line after the flags.
func hostPort(fs *flag.FlagSet, listen bool) (host string, port int, err error) {
	switch n := fs.NArg(); {
	case n == 2:
		host = fs.Arg(0)
	case n == 1 && listen:
	case listen:
		return "", 0, usagef(fs, "want PORT, or HOST PORT, after -l; got %q", strings.Join(fs.Args(), " "))
	default:
		return "", 0, usagef(fs, "want HOST PORT; got %q", strings.Join(fs.Args(), " "))
	}
	port, err = net.LookupPort("tcp", fs.Arg(fs.NArg()-1))
	if err != nil {
		return "", 0, usagef(fs, "%w", err)
	}
	return host, port, nil
}

// parseSetting parses the argument of -o.
func parseSetting(arg string) (sockopt.Setting, error) {
	name, text, ok := strings.Cut(arg, "=")
	if !ok {
		return sockopt.Setting{}, fmt.Errorf("want NAME=VALUE")
	}
	i, ok := sockopt.Lookup(name)
	switch {
	case !ok:
		return sockopt.Setting{}, fmt.Errorf("no option has this name; sockcat options lists them")
	case !i.Supported:
		return sockopt.Setting{}, fmt.Errorf("%s is not on this system", i.Name)
	case i.Access&sockopt.Writable == 0:
		return sockopt.Setting{}, fmt.Errorf("%s is %v", i.Name, i.Access)
	}
	return i.Parse(text)
}
