// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"bufio"
	"bytes"
	"context"
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
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"golang.org/x/net/netutil"
	"golang.org/x/net/proxy"
)

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

// TestOtherNetworks requests other kinds of sockets. Package net supports some
// of these networks and would return a socket of another kind.
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
				if network == "unix" && (name == "Dialer" || name == "DialerCtx") {
					continue // see TestDialUnix
				}
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
	return httptrace.WithClientTrace(patient(t), &httptrace.ClientTrace{
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
				t.Error("the transport did not report its connection")
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

	req, err := http.NewRequestWithContext(patient(t), "GET", "http://"+l.Addr().String(), nil)
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
	if err := next(t, done); err != nil {
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
	ctx, cancel := context.WithCancel(patient(t))
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
	if err := next(t, gone); err != context.Canceled {
		t.Errorf("server: %v", err)
	}
}

// TestTLS puts a tls.Conn on each end, by a listener and by hand.
func TestTLS(t *testing.T) {
	config := testnet.ServerTLS(t)
	for _, tt := range []struct {
		name   string
		accept func(*streamsock.Listener) (net.Conn, error)
	}{
		{"NewListener", func(l *streamsock.Listener) (net.Conn, error) {
			return tls.NewListener(l, config).Accept()
		}},
		{"Server", func(l *streamsock.Listener) (net.Conn, error) {
			c, err := l.Accept()
			if err != nil {
				return nil, err
			}
			return tls.Server(c, config), nil
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
	if err := next(t, done); !errors.Is(err, net.ErrClosed) {
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

// TestTextproto communicates like mail and news servers.
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

// TestRPC makes several concurrent calls.
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
		next(t, call.Done)
		if got := *call.Reply.(*int); call.Error != nil || got != i*i {
			t.Errorf("%d * %d = %d, %v", i, i, got, call.Error)
		}
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}
