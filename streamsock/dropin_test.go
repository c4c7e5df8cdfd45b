// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Plan 9 has no error numbers to compare.

//go:build !plan9

package streamsock_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/rpc"
	"net/textproto"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"golang.org/x/net/netutil"
	"golang.org/x/net/proxy"
)

// A maker is the part of package net that a program is handed; it does not
// see whose it is.
type maker struct {
	name         string
	dial         func(network, address string) (net.Conn, error)
	listen       func(network, address string) (net.Listener, error)
	dialer       func(*net.Dialer) dialContext
	listenConfig func(*net.ListenConfig) listenContext
}

type (
	dialContext   = func(ctx context.Context, network, address string) (net.Conn, error)
	listenContext = func(ctx context.Context, network, address string) (net.Listener, error)
)

var netMaker = maker{
	name:         "net",
	dial:         net.Dial,
	listen:       net.Listen,
	dialer:       func(d *net.Dialer) dialContext { return d.DialContext },
	listenConfig: func(lc *net.ListenConfig) listenContext { return lc.Listen },
}

// ourMakers are what a user may put in the place of netMaker.
var ourMakers = []maker{
	{
		name: "functions",
		dial: func(network, address string) (net.Conn, error) {
			return asConn(streamsock.Dial(network, address))
		},
		listen: func(network, address string) (net.Listener, error) {
			return asListener(streamsock.Listen(network, address))
		},
		dialer: func(d *net.Dialer) dialContext {
			return func(ctx context.Context, network, address string) (net.Conn, error) {
				return asConn((&streamsock.Dialer{NetDialer: d}).DialStream(ctx, network, address))
			}
		},
		listenConfig: listenConfig,
	},
	{
		name: "dialer",
		dial: new(streamsock.Dialer).Dial,
		listen: func(network, address string) (net.Listener, error) {
			return asListener(new(streamsock.ListenConfig).Listen(context.Background(), network, address))
		},
		dialer:       func(d *net.Dialer) dialContext { return (&streamsock.Dialer{NetDialer: d}).DialContext },
		listenConfig: listenConfig,
	},
	{
		name: "wrap",
		dial: func(network, address string) (net.Conn, error) {
			return wrapped(net.Dial(network, address))
		},
		listen: func(network, address string) (net.Listener, error) {
			return wrappedListener(net.Listen(network, address))
		},
		dialer: func(d *net.Dialer) dialContext {
			return func(ctx context.Context, network, address string) (net.Conn, error) {
				return wrapped(d.DialContext(ctx, network, address))
			}
		},
		listenConfig: func(lc *net.ListenConfig) listenContext {
			return func(ctx context.Context, network, address string) (net.Listener, error) {
				return wrappedListener(lc.Listen(ctx, network, address))
			}
		},
	},
}

func listenConfig(lc *net.ListenConfig) listenContext {
	return func(ctx context.Context, network, address string) (net.Listener, error) {
		return asListener((&streamsock.ListenConfig{NetConfig: lc}).Listen(ctx, network, address))
	}
}

// asConn keeps a nil *Conn from becoming a net.Conn that is not nil.
func asConn(c *streamsock.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	return c, nil
}

func asListener(l *streamsock.Listener, err error) (net.Listener, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
}

func wrapped(c net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	return asConn(streamsock.Wrap(c))
}

// A wrapListener wraps what a listener of package net accepts.
type wrapListener struct{ *net.TCPListener }

func (l wrapListener) Accept() (net.Conn, error) { return wrapped(l.TCPListener.Accept()) }

func wrappedListener(l net.Listener, err error) (net.Listener, error) {
	if err != nil {
		return nil, err
	}
	return wrapListener{l.(*net.TCPListener)}, nil
}

// TestDropIn runs programs that were written for package net with its
// functions and with ours. They must not see a difference.
func TestDropIn(t *testing.T) {
	for _, p := range programs {
		for _, network := range []string{"tcp", "tcp4", "tcp6"} {
			t.Run(p.name+"/"+network, func(t *testing.T) {
				t.Parallel()
				testnet.Loopback(t, network) // skips
				want := p.tell(t, netMaker, network)
				for _, part := range p.wants() {
					if part = strings.ReplaceAll(part, "NET", network); !strings.Contains(want, part) {
						t.Errorf("with package net, the program does not tell %q:\n%s", part, want)
					}
				}
				for _, m := range ourMakers {
					if got := p.tell(t, m, network); got != want {
						t.Errorf("%s:\n%s\nwith package net:\n%s", m.name, got, want)
					}
				}
			})
		}
	}
}

// A program is a small client and server. What it tells is compared.
type program struct {
	name string
	run  func(*session)

	// want is part of what it tells whoever made its connections, so that a
	// program that always fails in the same way is found out. NET stands for
	// the network.
	want []string
}

// wants returns the part that it tells on this system. After CloseRead, Windows
// answers WSAESHUTDOWN. Wine has no socket made a file.
func (p program) wants() []string {
	switch {
	case runtime.GOOS == "windows" && p.name == "close read":
		return []string{`read: 0 "read NET HOST:PORT->HOST:PORT: wsarecv: `}
	case onWine && p.name == "file":
		return []string{"Invalid function"}
	}
	return p.want
}

func (p program) tell(t *testing.T, m maker, network string) string {
	s := &session{T: t, maker: m, network: network}
	p.run(s)
	if len(s.lines) == 0 {
		t.Fatalf("%s tells nothing", p.name)
	}
	return strings.Join(s.lines, "\n")
}

var programs = []program{
	{"echo", echo, []string{"client: hello, stream"}},
	{"end of file", endOfFile, []string{"read: 0 is io.EOF"}},
	{"half close", halfClose, []string{"server: all of it 0 is io.EOF", "client: answer 0 is io.EOF"}},
	{"close read", closeRead, []string{"read: 0 is io.EOF"}},
	{"deadlines", deadlines, []string{
		`read past: 0 "read NET HOST:PORT->HOST:PORT: i/o timeout"`,
		"is os.ErrDeadlineExceeded",
		"timeout=true",
		"read again: 2 <nil>",
	}},
	{"closed", closed, []string{
		"first close: <nil>",
		`second close: "close NET HOST:PORT->HOST:PORT: use of closed network connection"`,
		"is net.ErrClosed",
	}},
	{"close wakes", closeWakes, []string{"is net.ErrClosed"}},
	{"reset", reset, []string{"is ECONNRESET"}},
	{"empty buffers", emptyBuffers, []string{"read nil: 0 <nil>", "read empty: 0 <nil>", "write empty: 0 <nil>"}},
	{"addresses", addresses, []string{"*net.TCPAddr tcp", "mirrored: true true"}},
	{"setters", setters, []string{"SetLinger: <nil>", "SetNoDelay: <nil>"}},
	{"file", file, []string{"through the file: by file"}},
	{"listener", listener, []string{
		`accept past: <nil> "accept NET HOST:PORT: i/o timeout"`,
		"is net.ErrClosed",
	}},
	{"dial refused", dialRefused, []string{`<nil> "dial NET`, "is ECONNREFUSED"}},
	{"dial bad address", dialBadAddress, []string{
		"missing port in address",
		"*net.AddrError",
		"*net.DNSError",
		"no suitable address",
	}},
	{"dial unknown host", dialUnknownHost, []string{"no such host", "not found=true"}},
	{"dial cancelled", dialCancelled, []string{`before: <nil> "dial NET`, "operation was canceled", "is context.Canceled"}},
	{"dial timeout", dialTimeout, []string{"i/o timeout", "is context.DeadlineExceeded", "timeout=true"}},
	{"dialer control", dialerControl, []string{"is errControl", "ControlContext wins: <nil>"}},
	{"dialer local address", dialerLocalAddr, []string{`wrong type: <nil> "dial NET`, "mismatched local address type"}},
	{"listen errors", listenErrors, []string{"is EADDRINUSE", "*net.AddrError"}},
	{"listen control", listenControl, []string{"is errControl"}},
}

func echo(s *session) {
	client, server := s.pair()
	done := make(chan error)
	go func() {
		_, err := io.Copy(server, server)
		done <- errors.Join(err, server.Close())
	}()
	_, err := io.WriteString(client, "hello, stream")
	s.tell("write", err)
	s.tell("close write", client.CloseWrite())
	b, err := io.ReadAll(client)
	s.tell("client", string(b), err)
	s.tell("server", <-done)
}

func endOfFile(s *session) {
	client, server := s.pair()
	io.WriteString(server, "last words")
	s.tell("close", server.Close())
	b, err := io.ReadAll(client)
	s.tell("read all", string(b), err)
	n, err := client.Read(make([]byte, 1))
	s.tell("read", n, err)
	n, err = client.Read(nil)
	s.tell("read nothing", n, err)
}

func halfClose(s *session) {
	client, server := s.pair()
	io.WriteString(client, "all of it")
	s.tell("close write", client.CloseWrite())
	b := make([]byte, 100)
	n, err := io.ReadFull(server, b)
	s.tell("read to the end", n, err)
	more, err := server.Read(b[n:])
	s.tell("server", string(b[:n]), more, err)

	n, err = client.Write([]byte("no more"))
	s.tell("write after close write", n, err)
	io.WriteString(server, "answer")
	s.tell("server's close write", server.CloseWrite())
	answer, err := io.ReadAll(client)
	s.tell("all", len(answer), err)
	more, err = client.Read(b)
	s.tell("client", string(answer), more, err)
}

func closeRead(s *session) {
	client, _ := s.pair()
	s.tell("close read", client.CloseRead())
	n, err := client.Read(make([]byte, 1))
	s.tell("read", n, err)
}

func deadlines(s *session) {
	client, server := s.pair()
	past := time.Unix(1, 0)
	b := make([]byte, 64<<10)

	s.tell("set past", client.SetDeadline(past))
	n, err := client.Read(b)
	s.tell("read past", n, err)
	n, err = client.Write(b)
	s.tell("write past", n, err)

	s.tell("set soon", client.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
	_, err = client.Read(b)
	s.tell("read soon", err)
	s.tell("set write soon", client.SetWriteDeadline(time.Now().Add(10*time.Millisecond)))
	for err = nil; err == nil; { // until the buffers on the way are full
		_, err = client.Write(b)
	}
	s.tell("write soon", err)

	s.tell("set none", client.SetDeadline(time.Time{}))
	io.WriteString(server, "ok")
	n, err = io.ReadFull(client, b[:2])
	s.tell("read again", n, err)
}

func closed(s *session) {
	client, _ := s.pair()
	b := make([]byte, 1)
	s.tell("first close", client.Close())
	s.tell("second close", client.Close())
	n, err := client.Read(b)
	s.tell("read", n, err)
	n, err = client.Write(b)
	s.tell("write", n, err)
	n64, err := client.ReadFrom(strings.NewReader("x"))
	s.tell("read from", n64, err)
	n64, err = client.WriteTo(io.Discard)
	s.tell("write to", n64, err)
	n64, err = (&net.Buffers{b, b}).WriteTo(client)
	s.tell("buffers", n64, err)
	s.tell("close read", client.CloseRead())
	s.tell("close write", client.CloseWrite())
	s.tell("set deadline", client.SetDeadline(time.Time{}))
	s.tell("set read deadline", client.SetReadDeadline(time.Time{}))
	s.tell("set write deadline", client.SetWriteDeadline(time.Time{}))
	s.tell("set linger", client.SetLinger(0))
	s.tell("set no delay", client.SetNoDelay(false))
	_, err = client.File()
	s.tell("file", err)
	rc, err := client.SyscallConn()
	s.tell("syscall conn", err)
	s.tell("control", rc.Control(func(uintptr) {}))
	s.tell("addresses", client.LocalAddr(), client.RemoteAddr())
}

// closeWakes closes a connection that is being read.
func closeWakes(s *session) {
	client, _ := s.pair()
	done := make(chan error)
	go func() {
		_, err := client.Read(make([]byte, 1))
		done <- err
	}()
	s.tell("close", client.Close())
	s.tell("read", <-done)
}

func reset(s *session) {
	client, server := s.pair()
	s.tell("linger", server.SetLinger(0))
	s.tell("close", server.Close())
	n, err := client.Read(make([]byte, 1))
	if !onWine { // see answersReset
		s.tell("read", n, err)
	}
	n, err = client.Write(make([]byte, 1))
	s.tell("write", n, err)
}

// emptyBuffers reads into nothing while nothing is there to read.
func emptyBuffers(s *session) {
	client, server := s.pair()
	if runtime.GOOS == "windows" { // where even that waits until something is
		io.WriteString(server, "x")
	}
	n, err := client.Read(nil)
	s.tell("read nil", n, err)
	n, err = client.Read([]byte{})
	s.tell("read empty", n, err)
	n, err = client.Write(nil)
	s.tell("write nil", n, err)
	n, err = client.Write([]byte{})
	s.tell("write empty", n, err)
}

func addresses(s *session) {
	client, server := s.pair()
	for _, a := range []net.Addr{client.LocalAddr(), client.RemoteAddr(), server.LocalAddr(), server.RemoteAddr()} {
		s.tell("address", fmt.Sprintf("%T", a), a.Network(), a)
		if a, ok := a.(*net.TCPAddr); ok {
			s.tell("length", len(a.IP))
		}
	}
	s.tell("mirrored",
		client.LocalAddr().String() == server.RemoteAddr().String(),
		client.RemoteAddr().String() == server.LocalAddr().String())
}

func setters(s *session) {
	client, _ := s.pair()
	s.tell("SetLinger", client.SetLinger(-1))
	s.tell("SetNoDelay", client.SetNoDelay(false))
	s.tell("SetKeepAlive", client.SetKeepAlive(true))
	s.tell("SetKeepAlivePeriod", client.SetKeepAlivePeriod(time.Minute))
	s.tell("SetKeepAliveConfig", client.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: -1, Count: -1}))
	s.tell("SetKeepAliveConfig, refused", client.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Count: 1 << 20}))
	s.tell("SetReadBuffer", client.SetReadBuffer(64<<10))
	s.tell("SetWriteBuffer", client.SetWriteBuffer(64<<10))
	multipath, err := client.MultipathTCP()
	s.tell("MultipathTCP", multipath, err)
}

func file(s *session) {
	client, server := s.pair()
	f, err := client.File()
	s.tell("file", err)
	if err != nil {
		return
	}
	s.tell("close", client.Close())
	_, err = io.WriteString(f, "by file")
	s.tell("write", err)
	s.tell("close file", f.Close())
	b, err := io.ReadAll(server)
	s.tell("through the file", string(b), err)
}

func listener(s *session) {
	l := s.mustListen()
	s.tell("address", fmt.Sprintf("%T", l.Addr()), l.Addr().Network(), l.Addr())
	d, ok := l.(interface{ SetDeadline(time.Time) error })
	if !ok {
		s.Fatalf("%T lacks SetDeadline", l)
	}
	s.tell("set past", d.SetDeadline(time.Unix(1, 0)))
	c, err := l.Accept()
	s.tell("accept past", c, err)
	s.tell("set none", d.SetDeadline(time.Time{}))

	done := make(chan error)
	go func() {
		_, err := l.Accept()
		done <- err
	}()
	s.tell("close", l.Close())
	s.tell("accept", <-done)
	c, err = l.Accept()
	s.tell("accept again", c, err)
	s.tell("close again", l.Close())
	s.tell("address", l.Addr())
}

func dialRefused(s *session) {
	client, _ := s.pair()
	// A port that a client has is one that nobody listens on.
	c, err := s.dial(s.network, client.LocalAddr().String())
	s.tell("dial", c, err)
}

func dialBadAddress(s *session) {
	for _, address := range badAddresses {
		c, err := s.dial(s.network, address)
		s.tell("dial "+address, c, err)
	}
	for _, d := range []struct{ network, address string }{
		{"tcp4", "[::1]:80"},
		{"tcp6", "127.0.0.1:80"},
	} {
		c, err := s.dial(d.network, d.address)
		s.tell("dial "+d.network+" "+d.address, c, err)
	}
}

var badAddresses = []string{
	"127.0.0.1",
	"127.0.0.1:80:80",
	"127.0.0.1:99999",
	"127.0.0.1:-1",
	"127.0.0.1:no-such-port",
	"[::1:80",
	"[::1]",
	"::1:80",
	"[127.0.0.1]x:80",
}

func dialUnknownHost(s *session) {
	dial := s.dialer(&net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: dialNXDomain}})
	c, err := dial(s.Context(), s.network, "no-such-host.invalid.:80")
	s.tell("dial", c, err)
	var de *net.DNSError
	s.tell("found", errors.As(err, &de))
	if de != nil {
		s.tell("name", de.Name, fmt.Sprintf("not found=%t", de.IsNotFound))
	}
}

// dialNXDomain connects to a name server that knows no name. It sends a
// question back as the answer, with the bits that say so: what a resolver
// gets over a stream is two bytes of length, two of identity and two of flags.
func dialNXDomain(context.Context, string, string) (net.Conn, error) {
	resolver, server := net.Pipe()
	go func() {
		defer server.Close()
		b := make([]byte, 2+512)
		n, err := server.Read(b)
		if err != nil || n < 6 {
			return
		}
		b[4], b[5] = 0x81, 0x83 // response, recursion desired and available, NXDOMAIN
		server.Write(b[:n])
	}()
	return resolver, nil
}

func dialCancelled(s *session) {
	l := s.mustListen()
	ctx, cancel := context.WithCancel(s.Context())
	c, err := s.dialer(&net.Dialer{})(ctx, s.network, l.Addr().String())
	if err != nil {
		s.Fatal(err)
	}
	defer c.Close()
	cancel()
	_, err = c.Write(make([]byte, 1))
	s.tell("write after", err)

	none, err := s.dialer(&net.Dialer{})(ctx, s.network, l.Addr().String())
	s.tell("before", none, err)

	ctx, cancel = context.WithCancel(s.Context())
	defer cancel()
	lookUp := func(ctx context.Context, _, _ string) (net.Conn, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	dial := s.dialer(&net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: lookUp}})
	none, err = dial(ctx, s.network, "host.invalid.:80")
	s.tell("during", none, err)
}

func dialTimeout(s *session) {
	l := s.mustListen()
	for _, d := range []*net.Dialer{
		{Timeout: -1}, // 1 may not be over yet when it connects, by a coarse clock
		{Deadline: time.Unix(1, 0)},
	} {
		c, err := s.dialer(d)(s.Context(), s.network, l.Addr().String())
		s.tell("dial", c, err)
	}
	ctx, cancel := context.WithDeadline(s.Context(), time.Unix(1, 0))
	defer cancel()
	c, err := s.dialer(&net.Dialer{})(ctx, s.network, l.Addr().String())
	s.tell("dial", c, err)

	lookUp := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	dial := s.dialer(&net.Dialer{
		Timeout:  10 * time.Millisecond,
		Resolver: &net.Resolver{PreferGo: true, Dial: lookUp},
	})
	c, err = dial(s.Context(), s.network, "host.invalid.:80")
	s.tell("look up", c, err)
}

var errControl = errors.New("refused by Control")

func dialerControl(s *session) {
	l := s.mustListen()
	var seen []string
	fail := func(network, address string, _ syscall.RawConn) error {
		seen = append(seen, network+" "+mask(address))
		return errControl
	}
	c, err := s.dialer(&net.Dialer{Control: fail})(s.Context(), s.network, l.Addr().String())
	s.tell("dial", c, err)
	c, err = s.dialer(&net.Dialer{
		Control: fail,
		ControlContext: func(context.Context, string, string, syscall.RawConn) error {
			return nil
		},
	})(s.Context(), s.network, l.Addr().String())
	s.tell("ControlContext wins", err)
	if err == nil {
		c.Close()
	}
	s.tell("seen", seen)
}

func dialerLocalAddr(s *session) {
	l := s.mustListen()
	host := l.Addr().(*net.TCPAddr).IP
	c, err := s.dialer(&net.Dialer{LocalAddr: &net.UDPAddr{IP: host}})(s.Context(), s.network, l.Addr().String())
	s.tell("wrong type", c, err)
	c, err = s.dialer(&net.Dialer{LocalAddr: l.Addr()})(s.Context(), s.network, l.Addr().String())
	s.tell("taken", c, err)
	c, err = s.dialer(&net.Dialer{LocalAddr: &net.TCPAddr{IP: host}})(s.Context(), s.network, l.Addr().String())
	s.tell("right", err)
	if err == nil {
		s.tell("host", c.LocalAddr().(*net.TCPAddr).IP)
		c.Close()
	}
}

func listenErrors(s *session) {
	l := s.mustListen()
	other, err := s.listen(s.network, l.Addr().String())
	s.tell("in use", other, err)
	for _, address := range badAddresses {
		other, err := s.listen(s.network, address)
		s.tell("listen "+address, other, err)
	}
	other, err = s.listen("tcp4", "[::1]:0")
	s.tell("wrong family", other, err)
	other, err = s.listen("tcp4", "192.0.2.1:0")
	s.tell("not ours", other, err)
}

func listenControl(s *session) {
	var seen []string
	lc := &net.ListenConfig{Control: func(network, address string, _ syscall.RawConn) error {
		seen = append(seen, network+" "+mask(address))
		return errControl
	}}
	l, err := s.listenConfig(lc)(s.Context(), s.network, testnet.Loopback(s, s.network))
	s.tell("listen", l, err)
	s.tell("seen", slices.Compact(seen)) // package net tries multipath TCP first
}

// A session is one run of a program.
type session struct {
	*testing.T
	maker
	network string
	lines   []string
}

// tell adds a line to what the program tells.
func (s *session) tell(what string, values ...any) {
	words := []string{what + ":"}
	for _, v := range values {
		switch v := v.(type) {
		case error:
			words = append(words, describe(v))
		case net.Conn, net.Listener: // there should be none, or a nil pointer of some type
			words = append(words, fmt.Sprintf("a %T", v))
		default:
			words = append(words, mask(fmt.Sprint(v)))
		}
	}
	s.lines = append(s.lines, strings.Join(words, " "))
}

// mustListen listens until the test ends.
func (s *session) mustListen() net.Listener {
	s.Helper()
	l, err := s.listen(s.network, testnet.Loopback(s, s.network))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { l.Close() })
	return l
}

// pair returns both ends of a connection. Programs find the methods of
// *net.TCPConn by interface assertion, as this does.
func (s *session) pair() (client, server tcpConn) {
	s.Helper()
	l := s.mustListen()
	c1, err := s.dial(s.network, l.Addr().String())
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { c1.Close() })
	c2, err := l.Accept()
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { c2.Close() })
	client, ok1 := c1.(tcpConn)
	server, ok2 := c2.(tcpConn)
	if !ok1 || !ok2 {
		s.Fatalf("%T or %T lacks a method of *net.TCPConn", c1, c2)
	}
	return client, server
}

// A tcpConn has the methods of *net.TCPConn.
type tcpConn interface {
	net.Conn
	io.ReaderFrom
	io.WriterTo
	syscall.Conn
	CloseRead() error
	CloseWrite() error
	File() (*os.File, error)
	MultipathTCP() (bool, error)
	SetKeepAlive(bool) error
	SetKeepAliveConfig(net.KeepAliveConfig) error
	SetKeepAlivePeriod(time.Duration) error
	SetLinger(int) error
	SetNoDelay(bool) error
	SetReadBuffer(int) error
	SetWriteBuffer(int) error
}

// describe tells all that a program may find out about an error: its text,
// its types and what it is.
func describe(err error) string {
	if err == io.EOF {
		return "is io.EOF" // it must not be wrapped
	}
	words := []string{fmt.Sprintf("%q", mask(err.Error()))}
	for e := err; e != nil; e = errors.Unwrap(e) {
		words = append(words, fmt.Sprintf("%T", e))
	}
	if oe, ok := errors.AsType[*net.OpError](err); ok {
		words = append(words, fmt.Sprintf("op=%q net=%q source=%T addr=%T", oe.Op, oe.Net, oe.Source, oe.Addr))
	}
	if ne, ok := err.(net.Error); ok { // programs do not all use errors.As
		words = append(words, fmt.Sprintf("timeout=%t", ne.Timeout()))
	}
	for _, is := range causes {
		if errors.Is(err, is.err) {
			words = append(words, "is "+is.name)
		}
	}
	return strings.Join(words, " ")
}

var causes = []struct {
	name string
	err  error
}{
	{"io.EOF", io.EOF},
	{"net.ErrClosed", net.ErrClosed},
	{"os.ErrDeadlineExceeded", os.ErrDeadlineExceeded},
	{"context.Canceled", context.Canceled},
	{"context.DeadlineExceeded", context.DeadlineExceeded},
	{"errors.ErrUnsupported", errors.ErrUnsupported},
	{"errControl", errControl},
	{"EINVAL", syscall.EINVAL},
	{"EPIPE", syscall.EPIPE},
	{"ECONNRESET", errno(syscall.ECONNRESET, 10054)},
	{"ECONNREFUSED", errno(syscall.ECONNREFUSED, 10061)},
	{"EADDRINUSE", errno(syscall.EADDRINUSE, 10048)},
}

// errno returns the number that the system has for what Unix calls by a
// name. What package syscall has by these names on Windows, sockets never
// answer.
func errno(unix, windows syscall.Errno) syscall.Errno {
	if runtime.GOOS == "windows" {
		return windows
	}
	return unix
}

var (
	hostPort = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]):\d{4,5}\b`) // as the system gives them
	hexAddr  = regexp.MustCompile(`0x[0-9a-f]+`)
)

// mask hides from a text what differs from run to run.
func mask(text string) string {
	return hexAddr.ReplaceAllString(hostPort.ReplaceAllString(text, "HOST:PORT"), "0x")
}

// TestMethods fails if a Conn or Listener lacks a method that it has in
// package net or has it in another form.
func TestMethods(t *testing.T) {
	for _, typ := range []struct{ ours, nets reflect.Type }{
		{reflect.TypeFor[*streamsock.Conn](), reflect.TypeFor[*net.TCPConn]()},
		{reflect.TypeFor[*streamsock.Listener](), reflect.TypeFor[*net.TCPListener]()},
	} {
		if typ.nets.NumMethod() < 7 {
			t.Errorf("%v has only %d methods", typ.nets, typ.nets.NumMethod())
		}
		for want := range typ.nets.Methods() {
			got, ok := typ.ours.MethodByName(want.Name)
			if !ok {
				t.Errorf("%v has no method %s", typ.ours, want.Name)
				continue
			}
			if g, w := signature(got), signature(want); g != w {
				t.Errorf("%v: %s is %s, want %s", typ.ours, want.Name, g, w)
			}
		}
	}
}

// signature returns the type of a method without its receiver.
func signature(m reflect.Method) string {
	var in, out []string
	for t := range m.Type.Ins() {
		in = append(in, t.String())
	}
	for t := range m.Type.Outs() {
		out = append(out, t.String())
	}
	return fmt.Sprintf("func%v %v", in[1:], out)
}

// TestOtherNetworks asks for what is not a TCP socket. Package net knows some
// of these networks and would answer with a socket of another kind.
func TestOtherNetworks(t *testing.T) {
	ctx := t.Context()
	for op, calls := range map[string]map[string]func(network, address string) (any, error){
		"dial": {
			"Dial":       func(n, a string) (any, error) { return nilOrAny(streamsock.Dial(n, a)) },
			"Dial, set":  func(n, a string) (any, error) { return nilOrAny(streamsock.Dial(n, a, sockopt.NoDelay.To(true))) },
			"Timeout":    func(n, a string) (any, error) { return nilOrAny(streamsock.DialTimeout(n, a, time.Minute)) },
			"Context":    func(n, a string) (any, error) { return nilOrAny(streamsock.DialContext(ctx, n, a)) },
			"Dialer":     func(n, a string) (any, error) { return new(streamsock.Dialer).Dial(n, a) },
			"DialerCtx":  func(n, a string) (any, error) { return new(streamsock.Dialer).DialContext(ctx, n, a) },
			"DialStream": func(n, a string) (any, error) { return nilOrAny(new(streamsock.Dialer).DialStream(ctx, n, a)) },
		},
		"listen": {
			"Listen":       func(n, a string) (any, error) { return nilOrAny(streamsock.Listen(n, a)) },
			"ListenConfig": func(n, a string) (any, error) { return nilOrAny(new(streamsock.ListenConfig).Listen(ctx, n, a)) },
		},
	} {
		for name, call := range calls {
			for _, network := range []string{"udp", "udp4", "unix", "unixpacket", "ip", "ip4:icmp", "bogus", "TCP", "tcp5", ""} {
				t.Run(name+"/"+network, func(t *testing.T) {
					address := "127.0.0.1:0"
					if strings.HasPrefix(network, "unix") {
						address = filepath.Join(t.TempDir(), "socket")
					}
					v, err := call(network, address)
					if v != nil {
						t.Errorf("answers a %T", v)
					}
					testUnknownNetwork(t, err, op, network)
					if _, err := os.Lstat(address); err == nil {
						t.Error("made a Unix socket")
					}
				})
			}
		}
	}
}

// nilOrAny returns v without a type if it is nil.
func nilOrAny[T any](v *T, err error) (any, error) {
	if v == nil {
		return nil, err
	}
	return v, err
}

func testUnknownNetwork(t *testing.T, err error, op, network string) {
	t.Helper()
	oe, ok := err.(*net.OpError)
	if !ok {
		t.Fatalf("error is a %T (%v), want a *net.OpError", err, err)
	}
	if oe.Op != op || oe.Net != network {
		t.Errorf("error is one of %q on %q, want %q on %q", oe.Op, oe.Net, op, network)
	}
	if une, ok := errors.AsType[net.UnknownNetworkError](err); !ok || string(une) != network {
		t.Errorf("error %q does not hold the net.UnknownNetworkError %q", err, network)
	}
	_, stdErr := net.Dial("bogus", "127.0.0.1:80")
	want := strings.Replace(strings.ReplaceAll(stdErr.Error(), "bogus", network), "dial", op, 1)
	if network == "" {
		want = strings.Replace(want, op+" ", op, 1) // OpError leaves out a network that is empty
	}
	if !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %q does not begin as package net's, %q", err, want)
	}
}

// listenHere returns a listener that the test closes when it ends.
func listenHere(t *testing.T) *streamsock.Listener {
	t.Helper()
	l, err := streamsock.Listen("tcp", testnet.Loopback(t, "tcp"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// dialTo returns a connection that the test closes when it ends.
func dialTo(t *testing.T, l net.Listener) *streamsock.Conn {
	t.Helper()
	c, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// serveOne runs serve on the first connection that l accepts and closes it.
// The test waits for that when it ends.
func serveOne(t *testing.T, l net.Listener, serve func(net.Conn) error) {
	done := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			err = serve(c)
			c.Close()
		}
		done <- err
	}()
	t.Cleanup(func() {
		l.Close() // if the test failed to connect
		if err := <-done; err != nil && !t.Failed() {
			t.Errorf("server: %v", err)
		}
	})
}

// testIsConn fails the test if a library was handed something else.
func testIsConn(t *testing.T, who string, c net.Conn) {
	t.Helper()
	if _, ok := c.(*streamsock.Conn); !ok {
		t.Errorf("%s has a %T, want a *streamsock.Conn", who, c)
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// serveHTTP serves on l until the test ends. Each connection must be a Conn.
func serveHTTP(t *testing.T, l net.Listener, h http.Handler, config *tls.Config) {
	server := &http.Server{
		Handler:   h,
		TLSConfig: config,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if tc, ok := c.(*tls.Conn); ok {
				c = tc.NetConn()
			}
			testIsConn(t, "http.Server", c)
			return ctx
		},
	}
	done := make(chan error, 1)
	go func() {
		if config != nil {
			done <- server.ServeTLS(l, "", "")
		} else {
			done <- server.Serve(l)
		}
	}()
	t.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil { // the test's own context has ended
			t.Errorf("shutdown: %v", err)
		}
		if err := <-done; err != http.ErrServerClosed {
			t.Errorf("serve: %v", err)
		}
	})
}

// httpClient dials with the zero Dialer. Each connection must be a Conn.
func httpClient(t *testing.T, config *tls.Config) *http.Client {
	transport := &http.Transport{
		DialContext:       new(streamsock.Dialer).DialContext,
		TLSClientConfig:   config,
		ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// traced returns a context that checks which connection a request is given.
func traced(t *testing.T) (ctx context.Context, connected *bool) {
	connected = new(bool)
	return httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			*connected = true
			c := info.Conn
			if tc, ok := c.(*tls.Conn); ok {
				c = tc.NetConn()
			}
			testIsConn(t, "http.Transport", c)
		},
	}), connected
}

// TestHTTP sends a large body both ways.
func TestHTTP(t *testing.T) {
	for _, tt := range []struct {
		name           string
		server, client *tls.Config
		major          int
	}{
		{"plain", nil, nil, 1},
		{"TLS", testnet.ServerTLS(t), testnet.ClientTLS(t), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := listenHere(t)
			serveHTTP(t, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, err := io.ReadAll(r.Body)
				if err != nil {
					t.Errorf("server: %v", err)
				}
				w.Write(b)
			}), tt.server)

			scheme := "http://"
			if tt.server != nil {
				scheme = "https://"
			}
			ctx, connected := traced(t)
			body := randomBytes(5 << 20)
			req, err := http.NewRequestWithContext(ctx, "POST", scheme+l.Addr().String(), bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := httpClient(t, tt.client).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, body) {
				t.Errorf("%d bytes of %d came back, or they differ", len(got), len(body))
			}
			if resp.ProtoMajor != tt.major {
				t.Errorf("protocol is %s, want version %d", resp.Proto, tt.major)
			}
			if !*connected {
				t.Error("the transport did not tell its connection")
			}
		})
	}
}

// TestHTTPHijack takes connections away from package http on both sides.
func TestHTTPHijack(t *testing.T) {
	t.Parallel()
	done := make(chan error, 1)
	l := listenHere(t)
	serveHTTP(t, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			done <- err
			return
		}
		defer c.Close()
		testIsConn(t, "Hijack", c)
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		_, err = io.Copy(c, rw)
		done <- err
	}), nil)

	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "echo")
	resp, err := httpClient(t, nil).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	rw, ok := resp.Body.(io.ReadWriter)
	if resp.StatusCode != http.StatusSwitchingProtocols || !ok {
		t.Fatalf("status %q, body a %T", resp.Status, resp.Body)
	}
	for _, word := range []string{"one", "two"} {
		io.WriteString(rw, word)
		b := make([]byte, len(word))
		if _, err := io.ReadFull(rw, b); err != nil || string(b) != word {
			t.Errorf("echo of %q is %q, %v", word, b, err)
		}
	}
	resp.Body.Close()
	if err := <-done; err != nil {
		t.Errorf("server: %v", err)
	}
}

// TestHTTPDisconnect lets a client go away. The server looks out for that
// with a read whose deadline it sets and takes back.
func TestHTTPDisconnect(t *testing.T) {
	t.Parallel()
	started, gone := make(chan bool), make(chan error, 1)
	l := listenHere(t)
	serveHTTP(t, l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(started)
		<-r.Context().Done()
		gone <- r.Context().Err()
	}), nil)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-started
		cancel()
	}()
	resp, err := httpClient(t, nil).Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("client: %v", err)
	}
	if err := <-gone; err != context.Canceled {
		t.Errorf("server: %v", err)
	}
}

// TestTLS puts a tls.Conn on each end, by a listener and by hand.
func TestTLS(t *testing.T) {
	for _, tt := range []struct {
		name   string
		accept func(*streamsock.Listener) (net.Conn, error)
	}{
		{"NewListener", func(l *streamsock.Listener) (net.Conn, error) {
			return tls.NewListener(l, testnet.ServerTLS(t)).Accept()
		}},
		{"Server", func(l *streamsock.Listener) (net.Conn, error) {
			c, err := l.Accept()
			if err != nil {
				return nil, err
			}
			return tls.Server(c, testnet.ServerTLS(t)), nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := listenHere(t)
			serveOne(t, acceptFunc{l, func() (net.Conn, error) { return tt.accept(l) }}, func(c net.Conn) error {
				tc := c.(*tls.Conn)
				testIsConn(t, "tls.Conn of the server", tc.NetConn())
				_, err := io.Copy(tc, tc)
				return errors.Join(err, tc.CloseWrite())
			})

			under := dialTo(t, l)
			tc := tls.Client(under, testnet.ClientTLS(t))
			if tc.NetConn() != under {
				t.Errorf("NetConn is %v, want the *Conn that it was given", tc.NetConn())
			}
			if _, ok := under.NetConn().(*net.TCPConn); !ok {
				t.Errorf("NetConn of the Conn is a %T, want a *net.TCPConn", under.NetConn())
			}
			data := randomBytes(1 << 20)
			go func() {
				tc.Write(data)
				tc.CloseWrite()
			}()
			got, err := io.ReadAll(tc)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, data) {
				t.Errorf("%d bytes of %d came back, or they differ", len(got), len(data))
			}
			testOptionUnder(t, tc, under)
		})
	}
}

// testOptionUnder sets an option through c and looks for it on the Conn under
// it.
func testOptionUnder(t *testing.T, c net.Conn, under *streamsock.Conn) {
	t.Helper()
	sc, err := sockopt.Unwrap(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{false, true} {
		if err := sockopt.NoDelay.Set(sc, want); err != nil {
			t.Errorf("set NoDelay: %v", err)
		}
		if got, err := under.NoDelay(); got != want || err != nil {
			t.Errorf("NoDelay of the Conn under it = %t, %v, want %t", got, err, want)
		}
	}
}

// An acceptFunc is a listener with another way to accept.
type acceptFunc struct {
	net.Listener
	accept func() (net.Conn, error)
}

func (l acceptFunc) Accept() (net.Conn, error) { return l.accept() }

var (
	_ proxy.Dialer        = (*streamsock.Dialer)(nil)
	_ proxy.ContextDialer = (*streamsock.Dialer)(nil)
)

// TestProxy connects through a SOCKS5 proxy that also is made of Conns.
func TestProxy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		dial func(d proxy.Dialer, address string) (net.Conn, error)
	}{
		{"Dial", func(d proxy.Dialer, address string) (net.Conn, error) {
			c, err := d.Dial("tcp", address)
			if err == nil {
				testIsConn(t, "proxy.SOCKS5", c)
			}
			return c, err
		}},
		{"DialContext", func(d proxy.Dialer, address string) (net.Conn, error) {
			return d.(proxy.ContextDialer).DialContext(t.Context(), "tcp", address)
		}},
		{"PerHost", func(d proxy.Dialer, address string) (net.Conn, error) {
			return proxy.NewPerHost(d, new(streamsock.Dialer)).Dial("tcp", address)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			target, socks := listenHere(t), listenHere(t)
			serveOne(t, target, func(c net.Conn) error {
				_, err := io.Copy(c, c)
				return err
			})
			serveOne(t, socks, serveSOCKS5)

			d, err := proxy.SOCKS5("tcp", socks.Addr().String(), nil, new(streamsock.Dialer))
			if err != nil {
				t.Fatal(err)
			}
			c, err := tt.dial(d, target.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			io.WriteString(c, "by proxy")
			b := make([]byte, len("by proxy"))
			if _, err := io.ReadFull(c, b); err != nil || string(b) != "by proxy" {
				t.Errorf("echo is %q, %v", b, err)
			}
		})
	}
}

// serveSOCKS5 is as much of RFC 1928 as a client needs that connects to an
// IPv4 address without a password.
func serveSOCKS5(c net.Conn) error {
	r := bufio.NewReader(c)
	methods := make([]byte, 2)
	if _, err := io.ReadFull(r, methods); err != nil {
		return err
	}
	if _, err := r.Discard(int(methods[1])); err != nil {
		return err
	}
	c.Write([]byte{5, 0}) // version, no authentication
	request := make([]byte, 10)
	if _, err := io.ReadFull(r, request); err != nil {
		return err
	}
	if !bytes.HasPrefix(request, []byte{5, 1, 0, 1}) { // version, connect, reserved, IPv4
		return fmt.Errorf("request % x", request)
	}
	address := net.TCPAddr{IP: request[4:8], Port: int(request[8])<<8 | int(request[9])}
	target, err := streamsock.Dial("tcp", address.String())
	if err != nil {
		return err
	}
	defer target.Close()
	c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}) // version, success, reserved, 0.0.0.0:0
	done := make(chan error)
	go func() {
		_, err := io.Copy(target, r)
		done <- errors.Join(err, target.CloseWrite())
	}()
	_, err = io.Copy(c, target)
	return errors.Join(err, <-done)
}

// TestLimitListener serves one connection at a time.
func TestLimitListener(t *testing.T) {
	t.Parallel()
	l := netutil.LimitListener(listenHere(t), 1)
	first, second := dialTo(t, l), dialTo(t, l)
	for _, client := range []*streamsock.Conn{first, second} {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := c.RemoteAddr().String(), client.LocalAddr().String(); got != want {
			t.Errorf("accepted %s, want %s", got, want)
		}
		if err := c.Close(); err != nil { // lets the next one in
			t.Error(err)
		}
		if n, err := client.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("read = %d, %v", n, err)
		}
	}
	done := make(chan error)
	go func() {
		_, err := l.Accept()
		done <- err
	}()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept: %v", err)
	}
}

// TestBufio reads and writes by lines.
func TestBufio(t *testing.T) {
	t.Parallel()
	l := listenHere(t)
	serveOne(t, l, func(c net.Conn) error {
		w := bufio.NewWriter(c)
		lines := bufio.NewScanner(c)
		for lines.Scan() {
			fmt.Fprintln(w, strings.ToUpper(lines.Text()))
		}
		return errors.Join(lines.Err(), w.Flush())
	})
	c := dialTo(t, l)
	rw := bufio.NewReadWriter(bufio.NewReader(c), bufio.NewWriter(c))
	fmt.Fprintln(rw, "one line")
	if _, err := rw.ReadFrom(strings.NewReader("another line\n")); err != nil {
		t.Error(err)
	}
	if err := rw.Flush(); err != nil {
		t.Error(err)
	}
	c.CloseWrite()
	one, err1 := rw.ReadString('\n')
	var rest strings.Builder
	_, err2 := rw.WriteTo(&rest)
	if got := one + rest.String(); got != "ONE LINE\nANOTHER LINE\n" || err1 != nil || err2 != nil {
		t.Errorf("read %q, %v, %v", got, err1, err2)
	}
}

// TestTextproto speaks as mail and news servers do.
func TestTextproto(t *testing.T) {
	t.Parallel()
	l := listenHere(t)
	serveOne(t, l, func(c net.Conn) error {
		tp := textproto.NewConn(c)
		if err := tp.PrintfLine("220 ready"); err != nil {
			return err
		}
		line, err := tp.ReadLine()
		if err != nil {
			return err
		}
		tp.PrintfLine("250 %s", line)
		w := tp.DotWriter()
		io.WriteString(w, ".first\nsecond\n")
		return w.Close()
	})
	tp := textproto.NewConn(dialTo(t, l))
	if _, _, err := tp.ReadCodeLine(220); err != nil {
		t.Fatal(err)
	}
	if _, err := tp.Cmd("LIST %d", 1); err != nil {
		t.Fatal(err)
	}
	if _, text, err := tp.ReadCodeLine(250); err != nil || text != "LIST 1" {
		t.Errorf("answer is %q, %v", text, err)
	}
	if got, err := tp.ReadDotLines(); err != nil || !slices.Equal(got, []string{".first", "second"}) {
		t.Errorf("lines are %q, %v", got, err)
	}
	if err := tp.Close(); err != nil {
		t.Error(err)
	}
}

type arithmetic struct{}

func (arithmetic) Multiply(args [2]int, product *int) error {
	*product = args[0] * args[1]
	return nil
}

// TestRPC has several calls under way at once.
func TestRPC(t *testing.T) {
	t.Parallel()
	server := rpc.NewServer()
	if err := server.RegisterName("Arithmetic", arithmetic{}); err != nil {
		t.Fatal(err)
	}
	l := listenHere(t)
	serveOne(t, l, func(c net.Conn) error {
		server.ServeConn(c) // closes it
		if err := c.Close(); !errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("not closed: %v", err)
		}
		return nil
	})
	client := rpc.NewClient(dialTo(t, l))
	var calls []*rpc.Call
	for i := range 10 {
		calls = append(calls, client.Go("Arithmetic.Multiply", [2]int{i, i}, new(int), nil))
	}
	for i, call := range calls {
		<-call.Done
		if got := *call.Reply.(*int); call.Error != nil || got != i*i {
			t.Errorf("%d * %d = %d, %v", i, i, got, call.Error)
		}
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}
