// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Libraries prints testdata/libraries.md from the results that the tests of this module
// have recorded:
//
//	libraries RESULTS
//
// It fails if a library of the page has no result, or a result is of none of them.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// A library is a row of the page.
type library struct {
	name  string // by which its results are recorded
	hook  string // where to give it a Dialer or Listener
	looks string // which types it looks for, and what for
	give  string
}

const (
	anyForm = "any form"
	none    = "nothing"
)

var libraries = []library{
	{"github.com/jackc/pgx/v5", "`Config.DialFunc`: `Dialer.DialContext`", none, anyForm},
	{"github.com/lib/pq", "`Connector.Dialer`; a `Dialer` with a method `DialTimeout` around it", none, anyForm},
	{"github.com/go-sql-driver/mysql", "`Config.DialFunc`: `Dialer.DialContext`", "`syscall.Conn`, to check an idle connection", anyForm},
	{"github.com/redis/go-redis/v9", "`Options.Dialer`: `Dialer.DialContext`; with TLS, `tls.Client` around it", "`syscall.Conn`, to check an idle connection", anyForm},
	{"github.com/bradfitz/gomemcache", "`Client.DialContext`: `Dialer.DialContext`", none, anyForm},
	{"github.com/jackc/pgx/v5 and a killed server", "as pgx", none, anyForm},
	{"github.com/redis/go-redis/v9 and a killed server", "as go-redis", none, anyForm},
	{"net/http", "`Transport.DialContext`; `Server.Serve`", "`io.ReaderFrom` and `CloseWrite`, which a `Conn` has", anyForm},
	{"net/http, TLS", "the same", none, anyForm},
	{"net/http, HTTP/2", "the same", none, anyForm},
	{"net/http, HTTP/2 without TLS", "the same", none, anyForm},
	{"golang.org/x/net/http2", "`Transport.DialTLSContext`; `Server.Serve`", none, anyForm},
	{"net/http and nginx", "`Transport.DialContext`", none, anyForm},
	{"nginx and haproxy before net/http", "`Server.Serve`, around it a `proxyproto.Listener`", none, anyForm},
	{"github.com/gorilla/websocket", "`Dialer.NetDialContext`; the server's listener", "`net.Buffers`, which need a `*net.TCPConn` or `*Conn`", "`Plain` or a `Conn`"},
	{"github.com/coder/websocket", "`DialOptions.HTTPClient`; the server's listener", none, anyForm},
	{"github.com/valyala/fasthttp", "`Client.Dial`; `Server.Serve`", "`*net.TCPConn`, for `TCPKeepalive` and writev", "`Plain`"},
	{"google.golang.org/grpc", "`WithContextDialer`; `Server.Serve`", "`*net.TCPConn`, to read without a buffer for each connection and to set TCP_USER_TIMEOUT from keep-alive", "`Plain`"},
	{"github.com/nats-io/nats.go", "`SetCustomDialer`: a `Dialer`", none, anyForm},
	{"github.com/eclipse/paho.mqtt.golang", "`SetCustomOpenConnectionFn`: `Dialer.DialContext`", none, anyForm},
	{"github.com/hashicorp/yamux", "`Client` and `Server` take a connection", none, anyForm},
	{"github.com/soheilhy/cmux", "`New` takes a listener", none, anyForm},
	{"github.com/pires/go-proxyproto", "`Listener.Listener`", "`*net.TCPConn`, for `Conn.TCPConn` and splice", "`Plain`"},
	{"golang.org/x/net/proxy and github.com/armon/go-socks5", "`SOCKS5` takes a `Dialer`; `Config.Dial`, `Server.Serve`", none, anyForm},
	{"github.com/inetaf/tcpproxy", "`DialProxy.DialContext`, `Proxy.ListenFunc`", "`*net.TCPConn`, for `KeepAlivePeriod`", "`Plain`; or a `Conn` with `sockopt.KeepAliveIdle`"},
	{"golang.org/x/net/netutil and ipv4", "`LimitListener` takes a listener, `ipv4.NewConn` a connection", "`syscall.Conn` and `*net.TCPAddr`", "any form except a `TimeoutConn`, for ipv4; `sockopt` alone does the same"},
	{"golang.org/x/crypto/ssh and OpenSSH", "`NewClientConn` takes a connection", none, anyForm},
	{"golang.org/x/crypto/ssh", "`NewClientConn`, `NewServerConn`", none, anyForm},
	{"github.com/jlaffaye/ftp", "`DialWithDialFunc`: `Dialer.Dial`; with TLS, `tls.Client` around each connection except the first", none, anyForm},
	{"github.com/emersion/go-smtp", "`NewClient` takes a connection; `Server.Serve`", none, anyForm},
	{"github.com/cloudflare/tableflip", "`Upgrader.Listen` returns a listener for `ListenConfig.Wrap`", "`syscall.Conn`", "`Wrap` of the listener"},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: libraries RESULTS")
	}
	results, err := read(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := check(results); err != nil {
		log.Fatal(err)
	}
	fmt.Print(page(results))
}

// A run is a library in a form.
type run struct {
	library string
	form    forms.Form
}

// read returns what was recorded. One that differs counts more than one that does not.
func read(name string) (map[run]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	results := make(map[run]string)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 3 {
			return nil, fmt.Errorf("%s: %q is no result", name, lines.Text())
		}
		r := run{fields[0], forms.Form(fields[1])}
		if results[r] == "" || results[r] == "same" {
			results[r] = fields[2]
		}
	}
	return results, nil
}

// check returns an error if the results are not those of the libraries.
func check(results map[run]string) error {
	for r := range results {
		if !slices.ContainsFunc(libraries, func(l library) bool { return l.name == r.library }) {
			return fmt.Errorf("%s is not on the page", r.library)
		}
	}
	for _, l := range libraries {
		if !slices.ContainsFunc(forms.All, func(f forms.Form) bool { return results[run{l.name, f}] != "" }) {
			return fmt.Errorf("%s has no result", l.name)
		}
	}
	return nil
}

const head = `# Libraries

This page lists how other Go libraries work with these connections. The tests of [the module ecosystem](ecosystem) do the same
work over package net and over each form of connection, and compare the results, the errors and the descriptors left open.
` + "`.ci/run ecosystem`" + ` starts the servers, runs the tests and writes this page.

The forms are:

- net: package net alone. The others are compared with its results and errors.
- Conn: a ` + "`Dialer`" + ` and a ` + "`ListenConfig`" + ` with nine options.
- Plain: the same with ` + "`Plain`" + `, which gives the library a ` + "`*net.TCPConn`" + ` with all options.
- Wrap: a connection of package net, converted with ` + "`Wrap`" + `. For options alone, ` + "`sockopt.Control`" + ` in a ` + "`net.Dialer`" + ` or ` + "`net.ListenConfig`" + ` is
  enough, except for the options that package net overwrites (TCP_NODELAY and keep-alive).
- TimeoutConn: a connection from ` + "`WithTimeouts`" + `.

A hook that is called with network "unix" returns a Unix socket with the options that it supports; an option of TCP is an error that
names the option. A library that looks for a ` + "`*net.TCPConn`" + ` works with the other forms too, but without the feature that needs it. The
test TestPlainLosesNothing measures this for grpc-go: with ` + "`Plain`" + `, TCP_USER_TIMEOUT is set and an idle connection uses as much memory as
with package net.

`

func page(results map[run]string) string {
	var b strings.Builder
	b.WriteString(head)
	b.WriteString("| library | hook | type it looks for | use |")
	for _, f := range forms.All {
		fmt.Fprintf(&b, " %s |", f)
	}
	b.WriteString("\n|---|---|---|---|" + strings.Repeat("---|", len(forms.All)) + "\n")
	for _, l := range libraries {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |", l.name, l.hook, l.looks, l.give)
		for _, f := range forms.All {
			fmt.Fprintf(&b, " %s |", cmp.Or(results[run{l.name, f}], "–"))
		}
		b.WriteString("\n")
	}
	b.WriteString("\nThe versions of the libraries are in [go.mod](ecosystem/go.mod).\n")
	return b.String()
}
