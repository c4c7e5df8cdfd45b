// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

func TestErrorText(t *testing.T) {
	c, s := testnet.Pair(t, "tcp4")
	err := UserTimeout.Set(c, -time.Second)
	if !errors.Is(err, os.ErrInvalid) {
		t.Errorf("%v, want os.ErrInvalid", err)
	}
	ends := "set tcp " + c.LocalAddr().String() + "->" + s.LocalAddr().String() + ": UserTimeout"
	if !strings.HasPrefix(err.Error(), ends) || !strings.Contains(err.Error(), "-1s") {
		t.Errorf("%v does not name the option, connection and value", err)
	}
}

func TestClosed(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	addr := c.LocalAddr()
	c.Close()
	for op, err := range map[string]error{
		"get": second(NoDelay.Get(c)),
		"set": NoDelay.Set(c, true),
	} {
		e, ok := err.(*net.OpError)
		if !ok || e.Op != op || e.Source != addr || !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %#v", op, err)
		}
		if _, ok := e.Err.(*Error).Err.(*net.OpError); ok {
			t.Errorf("%s: one *net.OpError inside another: %v", op, err)
		}
	}
	l := listener(t, "tcp4")
	l.Close()
	if err := NoDelay.Set(l, true); !errors.Is(err, net.ErrClosed) {
		t.Errorf("listener: %v", err)
	} else if e := err.(*net.OpError); e.Addr != l.Addr() || e.Source != nil {
		t.Errorf("listener: %+v", e)
	}
}

func TestBadConn(t *testing.T) {
	if err := NoDelay.Set(nil, true); err == nil {
		t.Error("Set on nil succeeded")
	}
	if _, err := NoDelay.Get(nil); err == nil {
		t.Error("Get of nil succeeded")
	}
	if err := Apply(nil, NoDelay.To(true)); err == nil {
		t.Error("Apply to nil succeeded")
	}
	if err := NoDelay.Set(new(net.TCPConn), true); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("Set on the zero TCPConn: %v, want EINVAL as from package net", err)
	}
}

func TestZero(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	var o Option[int]
	if _, err := o.Get(c); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Get: %v", err)
	}
	if err := o.Set(c, 1); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Set: %v", err)
	}
	if err := Apply(c, o.To(1)); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Apply: %v", err)
	}
	if s := o.To(1).String(); s != "=1" {
		t.Errorf("String: %q", s)
	}
	var r ReadOnly[int]
	if _, err := r.Get(c); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("ReadOnly: %v", err)
	}
	var s Setting
	if err := Apply(c, s, s); err != nil {
		t.Errorf("the zero Setting: %v", err)
	}
	if s.String() != "" || s.Info().Name != "" || s.Value() != nil {
		t.Errorf("the zero Setting: %q, %+v", s, s.Info())
	}
	var i Info
	if _, err := i.Get(c); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Info.Get: %v", err)
	}
	if _, err := i.Parse("1"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Info.Parse: %v", err)
	}
}

// TestComparable uses options as keys, as a program that collects them does.
func TestComparable(t *testing.T) {
	names := map[Option[bool]]string{NoDelay: "NoDelay", KeepAlive: "KeepAlive"}
	if names[NoDelay] != "NoDelay" || names[KeepAlive] != "KeepAlive" || names[OOBInline] != "" {
		t.Errorf("%v", names)
	}
}

func TestApplyOrder(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	if on, err := KeepAlive.Get(c); !on || err != nil {
		t.Fatalf("keep-alive is %t, %v before", on, err)
	}
	err := Apply(c, KeepAlive.To(false), KeepAliveCount.To(0), NoDelay.To(false))
	var e *Error
	if !errors.As(err, &e) || e.Option != "KeepAliveCount" {
		t.Fatalf("%v, want an error of KeepAliveCount", err)
	}
	if on, err := KeepAlive.Get(c); on || err != nil {
		t.Errorf("the setting before the error was not applied: %t, %v", on, err)
	}
	if on, err := NoDelay.Get(c); !on || err != nil {
		t.Errorf("the setting after the error was applied: %t, %v", on, err)
	}
}

func TestControlWithNet(t *testing.T) {
	l := listener(t, "tcp4", OOBInline.To(true))
	if on, err := OOBInline.Get(l); !on || err != nil {
		t.Errorf("on the listener: %t, %v", on, err)
	}
	if _, err := UserTimeout.Get(l); err != nil {
		t.Skip(err)
	}
	d := net.Dialer{Control: Control(UserTimeout.To(7*time.Second), OOBInline.To(true))}
	c, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sc := c.(syscall.Conn)
	if d, err := UserTimeout.Get(sc); d != 7*time.Second || err != nil {
		t.Errorf("UserTimeout %v, %v", d, err)
	}
	if on, err := OOBInline.Get(sc); !on || err != nil {
		t.Errorf("OOBInline %t, %v", on, err)
	}

	d.Control = Control(UserTimeout.To(-1))
	if c, err := d.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("a setting that fails let Dial succeed")
	} else if e, ok := err.(*net.OpError); !ok || e.Op != "dial" || e.Addr == nil || !strings.Contains(err.Error(), "UserTimeout") {
		t.Errorf("%#v: %v", err, err)
	}
}

func TestAll(t *testing.T) {
	var names []string
	for i := range All() {
		names = append(names, i.Name)
		if i.Type == "" || i.Access == 0 && i.Supported || len(i.Platforms) == 0 {
			t.Errorf("%+v", i)
		}
		if i.Supported != (i.Sys != "") {
			t.Errorf("%s: supported %t, C name %q", i.Name, i.Supported, i.Sys)
		}
	}
	if len(names) < 110 || !slices.IsSorted(names) {
		t.Errorf("%d options, sorted %t", len(names), slices.IsSorted(names))
	}
	for range All() {
		break // must not panic
	}
}

func TestLookup(t *testing.T) {
	for _, name := range []string{"NoDelay", "nodelay", "TCP_NODELAY", "tcp_nodelay"} {
		if i, ok := Lookup(name); !ok || i.Name != "NoDelay" {
			t.Errorf("Lookup(%q) = %+v, %t", name, i, ok)
		}
	}
	for i := range All() {
		if got, ok := Lookup(i.Sys); i.Sys != "" && (!ok || got.Name != i.Name) {
			t.Errorf("Lookup(%q) = %+v, %t", i.Sys, got, ok)
		}
	}
	if i := TrafficClass.Info(); i.Supported {
		if got, ok := Lookup("IPV6_TCLASS"); !ok || got.Name != i.Name {
			t.Errorf("Lookup(IPV6_TCLASS) = %+v, %t", got, ok)
		}
	}
	for alias, want := range aliases {
		if got, ok := Lookup(strings.ToLower(alias)); !ok || got.Name != want {
			t.Errorf("Lookup(%q) = %+v, %t, want %s", alias, got, ok, want)
		}
	}
	for _, name := range []string{"", "bogus", "TCP_BOGUS"} {
		if i, ok := Lookup(name); ok {
			t.Errorf("Lookup(%q) = %+v", name, i)
		}
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ option, text, want string }{
		{"NoDelay", "on", "NoDelay=true"},
		{"NoDelay", "off", "NoDelay=false"},
		{"NoDelay", "1", "NoDelay=true"},
		{"NoDelay", "maybe", ""},
		{"ReadBuffer", "0x1000", "ReadBuffer=4096"},
		{"ReadBuffer", "1e6", ""},
		{"TrafficClass", "255", "TrafficClass=255"},
		{"TrafficClass", "256", ""},
		{"HopLimit", "999", ""},
		{"SynCount", "0", ""},
		{"Mark", "-1", ""},
		{"UserTimeout", "1m", "UserTimeout=1m0s"},
		{"UserTimeout", "60", ""},
		{"Congestion", "reno", "Congestion=reno"},
		{"Linger", "off", "Linger=off"},
		{"Linger", "5s", "Linger=5s"},
		{"Linger", "on", ""},
		{"FastOpenKey", "000102030405060708090a0b0c0d0e0f", "FastOpenKey=[16 bytes]"},
		{"FastOpenKey", "0011", ""},
		{"FastOpenKey", "xx", ""},
		{"LocalPortRange", "1000-2000", "LocalPortRange=1000-2000"},
		{"LocalPortRange", "1000", ""},
		{"LocalPortRange", "1000-70000", ""},
		{"MTUDiscover", "probe", "MTUDiscover=probe"},
		{"MTUDiscover", "never", ""},
		{"PortRangeClass", "high", "PortRangeClass=high"},
		{"AcceptFilter", "httpready,x", "AcceptFilter=httpready,x"},
		{"MD5SigExt", "10.0.0.0/8,secret", "MD5SigExt=10.0.0.0/8,[key]"},
		{"MD5SigExt", "::1,secret", "MD5SigExt=::1/128,[key]"},
		{"MD5SigExt", "10.0.0.0/8", ""},
		{"MD5SigExt", "peer,secret", ""},
		{"MemInfo", "1", ""},
	} {
		i, ok := Lookup(tt.option)
		if !ok {
			t.Fatalf("no option %s", tt.option)
		}
		s, err := i.Parse(tt.text)
		if !i.Supported && err == nil {
			continue // only the options of this package have ranges
		}
		if s.String() != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: Parse(%q) = %v, %v, want %q", tt.option, tt.text, s, err, tt.want)
		}
		if err != nil && !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s: %v is not os.ErrInvalid", tt.option, err)
		}
		if e := new(Error); err != nil && (!errors.As(err, &e) || e.Option != tt.option) {
			t.Errorf("%s: %v does not name the option", tt.option, err)
		}
	}
}

func TestValue(t *testing.T) {
	if v := UserTimeout.To(time.Second).Value(); v != time.Second {
		t.Errorf("%v, a %T", v, v)
	}
}

func TestStrings(t *testing.T) {
	for got, want := range map[string]string{
		Readable.String():              "read-only",
		Writable.String():              "write-only",
		(Readable | Writable).String(): "read-write",
		Access(0).String():             "none",
		AnyTime.String():               "any time",
		OnConnection.String():          "on a connection",
		PMTUDisc(9).String():           "9",
		PortClassLow.String():          "low",
		NoDelay.To(true).String():      "NoDelay=true",
		Filter{Name: "x"}.String():     "x",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestUnwrap(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	secure := tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	for _, top := range []net.Conn{c, secure, tls.Client(secure, nil)} {
		got, err := Unwrap(top)
		if err != nil || got != syscall.Conn(c) {
			t.Errorf("Unwrap(%T) = %v, %v", top, got, err)
		}
	}
	p, q := net.Pipe()
	defer p.Close()
	defer q.Close()
	ring := &layer{}
	ring.under = ring
	for _, top := range []net.Conn{nil, p, struct{ net.Conn }{c}, tls.Client(p, nil), (*tls.Conn)(nil), (*net.TCPConn)(nil), &layer{}, ring} {
		var got syscall.Conn
		var err error
		testnet.Promptly(t, func() { got, err = Unwrap(top) })
		if got != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Unwrap(%T) = %v, %v", top, got, err)
		}
	}
	if _, err := Unwrap(tls.Client(p, nil)); !strings.Contains(err.Error(), "a *tls.Conn, only a *net.pipe, which has neither a SyscallConn nor a NetConn method") {
		t.Errorf("%v does not name what it found", err)
	}
}

// A layer is a connection over another.
type layer struct {
	net.Conn
	under net.Conn
}

func (l *layer) NetConn() net.Conn { return l.under }

// TestAllocs checks that reading and setting allocate nothing on a connection
// that keeps its raw connection, as a *streamsock.Conn does.
func TestAllocs(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	rc, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var sc syscall.Conn = rawOnly{rc}
	for name, f := range map[string]func() error{
		"get bool":     func() error { return second(NoDelay.Get(sc)) },
		"set bool":     func() error { return NoDelay.Set(sc, true) },
		"get int":      func() error { return second(ReadBuffer.Get(sc)) },
		"set int":      func() error { return ReadBuffer.Set(sc, 1<<16) },
		"get Duration": func() error { return second(KeepAliveIdle.Get(sc)) },
		"set Duration": func() error { return KeepAliveIdle.Set(sc, time.Minute) },
		"get Linger":   func() error { return second(Linger.Get(sc)) },
		"set Linger":   func() error { return Linger.Set(sc, Lingering{true, time.Second}) },
		"get uint8":    func() error { return second(TrafficClass.Get(sc)) },
		"set uint8":    func() error { return TrafficClass.Set(sc, 8) },
	} {
		if err := f(); err != nil {
			if !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if n := testing.AllocsPerRun(1000, func() { f() }); n != 0 && !raceEnabled {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestConcurrent uses one option and one setting from many goroutines.
func TestConcurrent(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	want := Lingering{true, time.Minute}
	s := Linger.To(want)
	if err := Apply(c, s); err != nil {
		t.Fatal(err)
	}
	defer Linger.Set(c, Lingering{}) // or Close would wait
	done := make(chan error)
	const n = 8
	for range n {
		go func() {
			var err error
			for range 200 {
				err = errors.Join(err, Apply(c, s), second(ReadBuffer.Get(c)))
				if l, e := Linger.Get(c); e != nil || l != want {
					err = errors.Join(err, e, errors.New(l.String()))
				}
			}
			done <- err
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestWhileReading gets an option while another goroutine is blocked in Read,
// and with a deadline that has passed.
func TestWhileReading(t *testing.T) {
	c, s := testnet.Pair(t, "tcp4")
	read := make(chan error)
	go func() {
		_, err := io.ReadFull(c, make([]byte, 1))
		read <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got := make(chan error)
	go func() { got <- second(NoDelay.Get(c)) }()
	select {
	case err := <-got:
		if err != nil {
			t.Error(err)
		}
	case <-ctx.Done():
		t.Fatal("Get waits for Read")
	}
	if _, err := s.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
	if err := c.SetDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := NoDelay.Set(c, false); err != nil {
		t.Errorf("after the deadline: %v", err)
	}
}
