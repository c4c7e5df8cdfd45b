// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"bytes"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
)

// withDual calls f with an IPv6 socket that has no address and is for IPv4 too,
// unless the system has no such socket.
func withDual(t *testing.T, f func(rc syscall.RawConn)) {
	t.Helper()
	enough := errors.New("enough")
	var got string
	lc := net.ListenConfig{Control: func(network, _ string, rc syscall.RawConn) error {
		if got = network; got == "tcp6" {
			f(rc)
		}
		return enough
	}}
	lc.SetMultipathTCP(false)
	if _, err := lc.Listen(t.Context(), "tcp", ":0"); !errors.Is(err, enough) {
		t.Fatal(err)
	}
	if got != "tcp6" {
		t.Skip("no sockets of both families")
	}
}

// takesIPv4 reports whether the system accepts options of IPv4 on an IPv6
// socket, as Linux and Windows do.
func takesIPv4(rc syscall.RawConn) bool {
	row := sys.Lookup("HopLimit")
	return New(row.Name, row.Level, row.Number, IntCodec()).Set(rawOnly{rc}, 42) == nil
}

// TestDual sets every option that has two spellings on a socket of both
// families. Where the system accepts both, both must have the value.
func TestDual(t *testing.T) {
	n := 0
	for i := range All() {
		row := sys.Lookup(i.Name)
		if row == nil || row.V6 == nil || i.Access != Readable|Writable {
			continue
		}
		n++
		v4, v6 := spellings(row)
		var before, after4, after6 []byte
		var s Setting
		var err error
		both := false
		withDual(t, func(rc syscall.RawConn) {
			c := rawOnly{rc}
			both = takesIPv4(rc)
			before, _ = v4.Get(c)
			now, getErr := i.Get(c)
			s, err = sampleOf("tcp6", i, now)
			if err = errors.Join(getErr, err); err == nil {
				err = Apply(c, s)
			}
			after4, _ = v4.Get(c)
			after6, _ = v6.Get(c)
			if got, e := i.Get(c); e == nil && err == nil && format(got) != value(s) {
				err = errors.New("Get returns " + format(got))
			}
		})
		switch {
		case errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission):
			t.Logf("%s: %v", i.Name, err)
		case err != nil:
			t.Errorf("%v: %v", s, err)
		case !both:
			t.Logf("%v: this system accepts options of IPv4 on IPv4 sockets only", s)
		case bytes.Equal(after4, before):
			t.Errorf("%v has not set %s", s, row.Name)
		case row.BigEndian == row.V6.BigEndian && !bytes.Equal(after4, after6):
			t.Errorf("%v: %s is % x, %s is % x", s, row.Name, after4, row.V6.Name, after6)
		}
	}
	if n == 0 {
		t.Skip("the system has no options with two spellings")
	}
}

// TestNotDual sets an option on IPv6 sockets that are not for IPv4, or are going
// to have an IPv6 address. The spelling for IPv4 must stay as it is.
func TestNotDual(t *testing.T) {
	row := sys.Lookup("HopLimit")
	if row == nil || row.V6 == nil {
		t.Skip("the system has no HopLimit with two spellings")
	}
	v4, v6 := spellings(row)
	for _, tt := range []struct {
		name string
		set  func(rc syscall.RawConn) error
		both bool
	}{
		{"V6Only", func(rc syscall.RawConn) error { return Apply(rawOnly{rc}, V6Only.To(true), HopLimit.To(33)) }, false},
		{"Set", func(rc syscall.RawConn) error { return HopLimit.Set(rawOnly{rc}, 33) }, true},
		{"Apply", func(rc syscall.RawConn) error { return Apply(rawOnly{rc}, HopLimit.To(33)) }, true},
		{"Control of a dialer", func(rc syscall.RawConn) error { return Control(HopLimit.To(33))("tcp6", "[2001:db8::1]:80", rc) }, false},
		{"Control of a dialer with a zone", func(rc syscall.RawConn) error { return Control(HopLimit.To(33))("tcp6", "[fe80::1%lo]:80", rc) }, false},
		{"Control of a listener", func(rc syscall.RawConn) error { return Control(HopLimit.To(33))("tcp6", "[::]:80", rc) }, true},
		{"Control without a host", func(rc syscall.RawConn) error { return Control(HopLimit.To(33))("tcp6", ":80", rc) }, true},
	} {
		var before, after4, after6 []byte
		var err error
		dual := false
		withDual(t, func(rc syscall.RawConn) {
			c := rawOnly{rc}
			if err = v4.Set(c, ints(42)); err == nil {
				dual = true
			}
			before, _ = v4.Get(c)
			err = tt.set(rc)
			after4, _ = v4.Get(c)
			after6, _ = v6.Get(c)
		})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if changed := !bytes.Equal(before, after4); changed != (tt.both && dual) || !bytes.Equal(after6, ints(33)) {
			t.Errorf("%s: %s was % x and is % x, %s is % x", tt.name, row.Name, before, after4, row.V6.Name, after6)
		}
	}
}

// TestErrorSys checks that an error names the spelling that governs the socket.
func TestErrorSys(t *testing.T) {
	row := sys.Lookup("HopLimit")
	if row == nil || row.V6 == nil {
		t.Skip("the system has no HopLimit with two spellings")
	}
	bogus := &sys.Row{Name: "BOGUS4", Level: row.Level, Number: 0x7fff, V6: &sys.Row{Name: "BOGUS6", Level: row.V6.Level, Number: 0x7fff}}
	o := Option[int]{&definition[int]{name: "Bogus", row: bogus, codec: IntCodec(), access: Readable | Writable}}
	for _, tt := range []struct{ network, limit, bogus string }{
		{"tcp4", row.Name, "BOGUS4"},
		{"tcp6", row.V6.Name, "BOGUS6"},
	} {
		c, _ := testnet.Pair(t, tt.network)
		_, getErr := o.Get(c)
		for want, errs := range map[string][]error{
			tt.limit: {HopLimit.Set(c, 256)},
			tt.bogus: {o.Set(c, 1), getErr},
		} {
			for _, err := range errs {
				var e *Error
				if !errors.As(err, &e) || e.Sys != want {
					t.Errorf("%s: %v, want the name %s", tt.network, err, want)
				}
			}
		}
		c.Close()
		var e *Error
		if err := HopLimit.Set(c, 33); !errors.Is(err, net.ErrClosed) || !errors.As(err, &e) || e.Sys == "" {
			t.Errorf("%s: closed: %v", tt.network, err)
		}
	}
}

// TestHopLimitZero checks that 0 is for IPv6 only, where the system has that
// limit, and that a value which one of two spellings refuses changes neither.
func TestHopLimitZero(t *testing.T) {
	row := sys.Lookup("HopLimit")
	if row == nil || len(row.Ranges) == 0 {
		t.Skip("the system has no such limit")
	}
	c4, _ := testnet.Pair(t, "tcp4")
	if err := HopLimit.Set(c4, 0); !errors.Is(err, os.ErrInvalid) || errors.As(err, new(*os.SyscallError)) {
		t.Errorf("tcp4: %v, want os.ErrInvalid and no system call", err)
	}
	c6, _ := testnet.Pair(t, "tcp6")
	if err := HopLimit.Set(c6, 0); err != nil {
		t.Errorf("tcp6: %v", err)
	}
	var err error
	var before, after int
	withDual(t, func(rc syscall.RawConn) {
		before, _ = HopLimit.Get(rawOnly{rc})
		err = HopLimit.Set(rawOnly{rc}, 0)
		after, _ = HopLimit.Get(rawOnly{rc})
	})
	if !errors.Is(err, os.ErrInvalid) || after != before {
		t.Errorf("both: %v, and it is %d after %d", err, after, before)
	}
}

// TestDualAllocs checks that to set both spellings allocates nothing.
func TestDualAllocs(t *testing.T) {
	lc := net.ListenConfig{}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	rc, err := l.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var c syscall.Conn = rawOnly{rc}
	if err := HopLimit.Set(c, 33); err != nil {
		t.Skip(err)
	}
	if n := testing.AllocsPerRun(1000, func() { HopLimit.Set(c, 33) }); n != 0 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
}
