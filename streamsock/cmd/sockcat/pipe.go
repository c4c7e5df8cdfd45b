// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A target says what pipe is to connect to, and how.
type target struct {
	ipv4, ipv6 bool
	network    string // tcp, tcp4 or tcp6
	address    string
	anyPort    bool // the system chooses the port
	listen     bool
	verbose    bool
	timeout    time.Duration // 0 is none
	settings   []sockopt.Setting
	secure     secure
	input      string // name of the file to send, or empty
	report     string // name of the file to write, or empty

	link // what is known of it before it is connected
}

// tell prints a line if -v is given.
func (t *target) tell(format string, args ...any) {
	if t.verbose {
		t.con.tell(format, args...)
	}
}

// pipe is the command "sockcat HOST PORT" and "sockcat -l PORT".
func pipe(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer, con *console) error {
	t, err := parseTarget(args, stdout, con)
	if err != nil {
		return err
	}
	if t.input != "" {
		f, err := os.Open(t.input)
		if err != nil {
			return err
		}
		defer f.Close()
		stdin = f
	}
	if err := t.open(ctx); err != nil {
		return err
	}
	defer t.tcp.Close()
	for _, s := range t.settings {
		i := s.Info()
		t.tell("%s (%s) is %s", i.Name, i.Sys, value(i, t.tcp))
	}
	t.escape = t.escapeFor(stdin)
	if t.escape != noEscape {
		t.tell("the escape character is %s; %[1]s? in a line of its own tells more", escapeName(t.escape))
	}
	return t.watched(ctx, stdin, stdout)
}

// open makes the connection, and TLS on top of it.
func (t *target) open(ctx context.Context) (err error) {
	stop := func() {}
	if t.timeout > 0 {
		ctx, stop = context.WithTimeout(ctx, t.timeout)
	}
	defer stop()
	if t.listen {
		t.tcp, err = t.accept(ctx)
	} else {
		t.tcp, err = t.dial(ctx)
	}
	if err != nil {
		return err
	}
	t.started = time.Now()
	if t.stream, err = t.secure.over(ctx, t.tcp, t.listen); err != nil {
		t.tcp.Close()
		return err
	}
	if t.secure.on {
		t.tell("%s", protocol(t.stream))
	}
	return nil
}

func (t *target) dial(ctx context.Context) (*streamsock.Conn, error) {
	c, err := streamsock.DialContext(ctx, t.network, t.address, t.settings...)
	if err != nil {
		return nil, err
	}
	t.tell("connected to %v from %v", c.RemoteAddr(), c.LocalAddr())
	return c, nil
}

// accept waits for one connection.
func (t *target) accept(ctx context.Context) (*streamsock.Conn, error) {
	var lc streamsock.ListenConfig
	lc.Options, lc.ConnOptions = split(t.settings)
	l, err := lc.Listen(ctx, t.network, t.address)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if t.verbose || t.anyPort { // nobody else knows the port
		t.con.tell("listening on %v", l.Addr())
	}
	defer context.AfterFunc(ctx, func() { l.SetDeadline(time.Unix(1, 0)) })()
	c, err := l.AcceptStream()
	if err != nil {
		return nil, err
	}
	t.tell("connection from %v to %v", c.RemoteAddr(), c.LocalAddr())
	return c, nil
}

// watched joins the connection to standard input and output and, if that is
// wanted, shows and reports how it goes.
func (t *target) watched(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	m := &monitor{l: &t.link, live: t.every()}
	if t.progress != nil {
		t.progress.total = sizeOf(stdin)
	}
	if t.report == "" {
		return t.joined(ctx, m, stdin, stdout)
	}
	m.rec = new(recorder)
	f, err := os.Create(t.report) // now, because it may fail
	if err != nil {
		return err
	}
	err = t.joined(ctx, m, stdin, stdout)
	r := t.describe(err)
	r.samples = m.rec.samples
	e := r.write(f)
	if e2 := f.Close(); e == nil {
		e = e2
	}
	if e == nil {
		t.tell("report written to %s", t.report)
	}
	return cmp.Or(err, e)
}

// joined joins and has the monitor watch, if it has anything to do.
func (t *target) joined(ctx context.Context, m *monitor, stdin io.Reader, stdout io.Writer) error {
	if m.live > 0 || m.rec != nil {
		t.counting = true
		m.watch()
		defer m.stop()
	}
	return t.join(ctx, stdin, t.con.over(stdout))
}

// describe returns what a report tells of the connection beside its samples.
func (t *target) describe(err error) *report {
	r := &report{
		Local:    t.tcp.LocalAddr().String(),
		Remote:   t.tcp.RemoteAddr().String(),
		Protocol: protocol(t.stream),
		Started:  t.started,
	}
	if err != nil {
		r.Failure = printable(err.Error())
	}
	for _, s := range t.settings {
		i := s.Info()
		r.Options = append(r.Options, optionRow{i.Name, i.Sys, text(s.Value()), value(i, t.tcp)})
	}
	return r
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
