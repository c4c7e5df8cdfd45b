// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Plan 9 has no error numbers to compare.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
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

// ourMakers are the replacements of netMaker.
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

func asListener(l *streamsock.Listener, err error) (net.Listener, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
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
						t.Errorf("with package net, the program does not print %q:\n%s", part, want)
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

// TestDropInUnix is TestDropIn with Unix sockets.
func TestDropInUnix(t *testing.T) {
	if l, err := net.Listen("unix", socketPath(t)); err != nil {
		t.Skip(err)
	} else {
		l.Close()
	}
	ours := maker{
		name: "UnixConn",
		dial: new(streamsock.Dialer).Dial,
		listen: func(network, address string) (net.Listener, error) {
			l, err := net.Listen(network, address)
			if err != nil {
				return nil, err
			}
			return unixListener{l.(*net.UnixListener)}, nil
		},
	}
	for _, p := range programs {
		switch p.name {
		case "echo", "end of file", "half close", "close read", "deadlines", "close wakes", "empty buffers":
		default:
			continue // of TCP
		}
		t.Run(p.name, func(t *testing.T) {
			want := p.tell(t, netMaker, "unix")
			if got := p.tell(t, ours, "unix"); got != want {
				t.Errorf("%s\nwith package net:\n%s", got, want)
			}
		})
	}
}

// A unixListener wraps what a listener of package net accepts.
type unixListener struct{ *net.UnixListener }

func (l unixListener) Accept() (net.Conn, error) {
	c, err := l.AcceptUnix()
	if err != nil {
		return nil, err
	}
	return streamsock.WrapUnix(c)
}

// A program is a small client and server. Its output is compared.
type program struct {
	name string
	run  func(*session)

	// want is part of its output whatever its connections are, so that a
	// program that always fails in the same way is detected. NET stands for the
	// network.
	want []string
}

// wants returns the expected part of the output on this system. After
// CloseRead, Windows returns WSAESHUTDOWN. Wine has no socket made a file.
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
		t.Fatalf("%s prints nothing", p.name)
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

// A session is one run of a program.
type session struct {
	*testing.T
	maker
	network string
	lines   []string
}

// tell adds a line to the output of the program.
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
	address := ""
	if s.network == "unix" {
		address = socketPath(s.T)
	} else {
		address = testnet.Loopback(s, s.network)
	}
	l, err := s.listen(s.network, address)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { l.Close() })
	testnet.Guard(s, l)
	return l
}

// tcpPair is pair of a network of TCP. Programs find the methods of *net.TCPConn by
// interface assertion, as this does.
func (s *session) tcpPair() (client, server tcpConn) {
	s.Helper()
	c1, c2 := s.pair()
	client, ok1 := c1.(tcpConn)
	server, ok2 := c2.(tcpConn)
	if !ok1 || !ok2 {
		s.Fatalf("%T or %T lacks a method of *net.TCPConn", c1, c2)
	}
	return client, server
}

// pair returns both ends of a connection.
func (s *session) pair() (client, server halfCloser) {
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
	testnet.Guard(s, c1, c2)
	return c1.(halfCloser), c2.(halfCloser)
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

var (
	hostPort = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]):\d{4,5}\b`) // as the system gives them
	path     = regexp.MustCompile(`/[^\s>:]*/socket`)
	hexAddr  = regexp.MustCompile(`0x[0-9a-f]+`)
)
