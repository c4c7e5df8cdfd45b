// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
)

// ints returns the bytes of C ints.
func ints(v ...int32) []byte {
	var b []byte
	for _, n := range v {
		b = binary.NativeEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// both returns the bytes of a 32-bit number with n in each half.
func both(n uint16) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)<<16|uint32(n)) }

// spellings returns the options that a row and its IPv6 spelling are. Their
// values are bytes.
func spellings(row *sys.Row) (v4, v6 Option[[]byte]) {
	return New(row.Name, row.Level, row.Number, BytesCodec(4)), New(row.V6.Name, row.V6.Level, row.V6.Number, BytesCodec(4))
}

func second[T any](_ T, err error) error { return err }

// fresh returns a socket that is neither bound nor connected: the one that
// package net passes to Control. Dial runs in its own goroutine, because a test
// that ended inside Control, by t.Skip for example, would leave the socket open.
func fresh(t *testing.T, network string) syscall.Conn {
	t.Helper()
	enough := errors.New("enough")
	created, ended := make(chan syscall.RawConn), make(chan struct{})
	dialed := make(chan error, 1)
	d := net.Dialer{Control: func(_, _ string, rc syscall.RawConn) error {
		created <- rc
		<-ended
		return enough
	}}
	address := testnet.Loopback(t, network)
	go func() {
		_, err := d.Dial(network, address)
		dialed <- err
	}()
	select {
	case rc := <-created:
		t.Cleanup(func() {
			close(ended)
			if err := <-dialed; !errors.Is(err, enough) {
				t.Error(err)
			}
		})
		return rawOnly{rc}
	case err := <-dialed:
		t.Fatal(err)
		return nil
	}
}

// socket returns a socket in the state in which an option must be set.
func socket(t *testing.T, network string, when When) syscall.Conn {
	t.Helper()
	switch when {
	case BeforeBind, BeforeConnect:
		return fresh(t, network)
	case OnListener:
		return listener(t, network)
	default:
		c, _ := testnet.Pair(t, network)
		return c
	}
}

// listener returns a listener without multipath.
func listener(t *testing.T, network string, s ...Setting) *net.TCPListener {
	t.Helper()
	lc := net.ListenConfig{Control: Control(s...)}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), network, testnet.Loopback(t, network))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener)
}

// sampleOf returns a setting that differs from the value before.
func sampleOf(network string, i Info, before any) (Setting, error) {
	for _, text := range sampleTexts(network, i) {
		s, err := i.Parse(text)
		if err != nil || value(s) != format(before) {
			return s, err
		}
	}
	return Setting{}, fmt.Errorf("no sample value for %s, a %s, differs from %v", i.Name, i.Type, before)
}

func sampleTexts(network string, i Info) []string {
	if texts, ok := samples6[i.Name]; ok && network == "tcp6" {
		return texts
	}
	if texts, ok := samples[i.Name]; ok {
		return texts
	}
	return ofType[i.Type]
}

// value returns the text of the setting's value.
func value(s Setting) string {
	_, v, _ := strings.Cut(s.String(), "=")
	return v
}
