// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"net"
	"os"
	"syscall"
	"testing"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// The tests of this file have what testdata/peers.md says that package net does for a
// member of another API.

// TestPassCred asks for the sender of each message on a Unix socket.
func TestPassCred(t *testing.T) {
	c, peer := ourUnixPair(t)
	passCred := sockopt.New("PassCred", syscall.SOL_SOCKET, syscall.SO_PASSCRED, sockopt.BoolCodec())
	if err := passCred.Set(c, true); err != nil {
		t.Fatal(err)
	}
	if _, err := peer.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	p, control := make([]byte, 8), make([]byte, 256)
	n, controlN, _, _, err := c.ReadMsgUnix(p, control)
	if string(p[:n]) != "hello" || err != nil {
		t.Fatalf("%q, %v", p[:n], err)
	}
	messages, err := syscall.ParseSocketControlMessage(control[:controlN])
	if len(messages) != 1 || err != nil {
		t.Fatalf("%v, %v", messages, err)
	}
	if cred, err := syscall.ParseUnixCredentials(&messages[0]); err != nil || int(cred.Pid) != os.Getpid() || int(cred.Uid) != os.Getuid() {
		t.Errorf("the sender is %+v, %v", cred, err)
	}
}

// TestRouteAddr has a UDP socket find out, without a packet, which local address a
// connection will have.
func TestRouteAddr(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	to := l.Addr().(*net.TCPAddr)
	route, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: to.IP, Port: to.Port})
	if err != nil {
		t.Fatal(err)
	}
	defer route.Close()
	c := dialTo(t, l)
	if got, want := route.LocalAddr().(*net.UDPAddr).IP, c.LocalAddr().(*net.TCPAddr).IP; !got.Equal(want) {
		t.Errorf("the route has %v, the connection %v", got, want)
	}
}
