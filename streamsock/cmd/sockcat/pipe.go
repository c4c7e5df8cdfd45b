// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"time"
)

// A target contains the flags and operands of sockcat: what to connect to, and how.
type target struct {
	ipv4, ipv6, unix bool
	nodns            bool
	endpoint
	host       string // of the address
	ports      []portRange
	sourceHost string
	sourcePort string
	anyPort    bool // the system chooses the port
	listen     bool
	keep       bool
	most       int // clients of keep at the same time
	scan       bool
	timeout    time.Duration // 0 is none
	secure     secure
	input      string  // name of the file to send, or empty
	hex        *string // name of the file for the dump, empty for standard error; nil without a dump
	report     string  // name of the file to write, or empty

	link // what is known of it before it is connected
}

// pipe is the command "sockcat HOST PORT" and "sockcat -l PORT".
func pipe(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer, con *console) error {
	t, err := parseTarget(args, stdout, con)
	if err != nil {
		return err
	}
	if t.scan {
		return t.scanPorts(ctx, output{stdout})
	}
	closeDump, err := t.openDump()
	if err != nil {
		return err
	}
	if t.keep {
		err = t.serve(ctx, stdin, stdout)
	} else {
		err = t.once(ctx, stdin, stdout)
	}
	return cmp.Or(err, closeDump())
}

// openDump opens the file for the hex dump, and returns a function that closes
// it.
func (t *target) openDump() (closeDump func() error, err error) {
	switch {
	case t.hex == nil:
	case *t.hex == "":
		t.dump = newDumper(func(row string) { t.con.print("%s", row) })
	default:
		f, err := os.Create(*t.hex)
		if err != nil {
			return nil, err
		}
		var failed error
		t.dump = newDumper(func(row string) {
			if _, err := io.WriteString(f, row+"\n"); err != nil && failed == nil {
				failed = err
			}
		})
		return func() error {
			t.dump.mu.Lock() // a copy may still be under way
			defer t.dump.mu.Unlock()
			return cmp.Or(failed, f.Close())
		}, nil
	}
	return func() error { return nil }, nil
}

// once handles one connection.
func (t *target) once(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
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
	defer t.sock.Close()
	t.tellSettings(&t.link)
	t.escape = t.escapeFor(stdin)
	if t.escape != noEscape {
		t.print("escape character is %s (type %[1]s? in a line of its own for help)", escapeName(t.escape))
	}
	if isTerminal(stdin) {
		t.con.place = false // it would overwrite the input
	}
	// Like nc, so that a user who only receives need not end the input.
	t.endsWithPeer = t.listen && isTerminal(stdin)
	return t.watched(ctx, stdin, stdout)
}

// tellSettings prints the value of each -o that the kernel reports.
func (t *target) tellSettings(l *link) {
	for _, s := range t.settings {
		i := s.Info()
		l.print("%s (%s) is %s", i.Name, i.Sys, value(i, l.sock))
	}
}

// open connects, and puts TLS on top.
func (t *target) open(ctx context.Context) (err error) {
	stop := func() {}
	if t.timeout > 0 {
		ctx, stop = context.WithTimeout(ctx, t.timeout)
	}
	defer stop()
	if t.listen {
		t.sock, err = t.acceptOne(ctx)
	} else if t.sock, err = t.dial(ctx); err == nil {
		t.print("connected to %s from %s", addrName(t.sock.RemoteAddr()), addrName(t.sock.LocalAddr()))
	}
	if err != nil {
		return err
	}
	if err := t.secureLink(ctx, &t.link); err != nil {
		t.sock.Close()
		return err
	}
	return nil
}

// secureLink puts TLS on top of the socket of a link, if it is wanted.
func (t *target) secureLink(ctx context.Context, l *link) error {
	l.started = time.Now()
	base, err := t.secure.over(ctx, l.sock, t.listen)
	if err != nil {
		return err
	}
	l.stack(base)
	l.secured = t.secure.on
	l.protocol = protocol(base)
	if c, ok := base.(*tls.Conn); ok {
		l.print("%s", l.protocol)
		for _, line := range t.secure.certificate(c) {
			l.print("%s", line)
		}
	}
	return nil
}

// acceptOne waits for one connection.
func (t *target) acceptOne(ctx context.Context) (socket, error) {
	l, err := t.openListener(ctx)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	c, err := l.accept(ctx)
	if err != nil {
		return nil, err
	}
	t.print("connection from %s to %s", addrName(c.RemoteAddr()), addrName(c.LocalAddr()))
	return c, nil
}

// openListener listens, and prints the address if it is not known.
func (t *target) openListener(ctx context.Context) (*listener, error) {
	l, err := t.endpoint.listen(ctx)
	if err == nil && (t.verbose || t.anyPort) {
		t.con.print("listening on %v", l.Addr())
	}
	return l, err
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
		t.print("report written to %s", t.report)
	}
	return cmp.Or(err, e)
}

// joined joins the connection and starts the monitor, if it is needed.
func (t *target) joined(ctx context.Context, m *monitor, stdin io.Reader, stdout io.Writer) error {
	if m.live > 0 || m.rec != nil {
		t.counting = true
		m.watch()
		defer m.stop()
	}
	return t.join(ctx, stdin, t.con.over(stdout))
}

// describe returns the report of the connection without its samples.
func (t *target) describe(err error) *report {
	r := &report{
		Local:    addrName(t.sock.LocalAddr()),
		Remote:   addrName(t.sock.RemoteAddr()),
		Protocol: t.protocol,
		Started:  t.started,
	}
	if err != nil {
		r.Failure = printable(err.Error())
	}
	for _, s := range t.settings {
		i := s.Info()
		r.Options = append(r.Options, optionRow{i.Name, i.Sys, text(s.Value()), value(i, t.sock)})
	}
	return r
}

// plain takes off the layer that the ReadFrom and WriteTo of package net put
// around an error of the inner Read or Write, which is complete without it.
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
