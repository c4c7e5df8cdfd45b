// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"errors"
	"net"
	"testing"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"golang.org/x/net/nettest"
)

// TestConformance checks that each way to obtain a Conn fulfils what every
// net.Conn promises. Nettest does not treat its two ends alike, so each way is
// run with the ends in both orders.
func TestConformance(t *testing.T) {
	for _, w := range []struct {
		name string
		make func(network, address string) (client, server net.Conn, err error)
	}{
		{"dialled and accepted", makeNative},
		{"wrapped", makeWrapped},
		{"wrapped twice", makeWrappedTwice},
	} {
		for _, network := range []string{"tcp4", "tcp6"} {
			t.Run(w.name+"/"+network+"/client first", func(t *testing.T) {
				t.Parallel()
				address := testnet.Loopback(t, network)
				nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
					client, server, err := w.make(network, address)
					return client, server, closing(t, client, server), err
				})
			})
			t.Run(w.name+"/"+network+"/server first", func(t *testing.T) {
				t.Parallel()
				address := testnet.Loopback(t, network)
				nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
					client, server, err := w.make(network, address)
					return server, client, closing(t, client, server), err
				})
			})
		}
	}
}

// makeNative connects a Dial with an Accept.
func makeNative(network, address string) (client, server net.Conn, err error) {
	l, err := streamsock.Listen(network, address)
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	dialled, err := streamsock.Dial(network, l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	server, err = l.Accept() // the connection waits in the backlog
	if err != nil {
		dialled.Close()
		return nil, nil, err
	}
	return dialled, server, nil
}

// makeWrapped wraps both ends of a connection of package net.
func makeWrapped(network, address string) (client, server net.Conn, err error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	client, err = net.Dial(network, l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	server, err = l.Accept()
	if err != nil {
		client.Close()
		return nil, nil, err
	}
	return wrapBoth(client, server)
}

// makeWrappedTwice wraps Conns.
func makeWrappedTwice(network, address string) (client, server net.Conn, err error) {
	client, server, err = makeNative(network, address)
	if err != nil {
		return nil, nil, err
	}
	return wrapBoth(client, server)
}

// wrapBoth closes both connections if either cannot be wrapped.
func wrapBoth(client, server net.Conn) (c, s net.Conn, err error) {
	wrappedClient, err1 := streamsock.Wrap(client)
	wrappedServer, err2 := streamsock.Wrap(server)
	if err := errors.Join(err1, err2); err != nil {
		client.Close()
		server.Close()
		return nil, nil, err
	}
	return wrappedClient, wrappedServer, nil
}
