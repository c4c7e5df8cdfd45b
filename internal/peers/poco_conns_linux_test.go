// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"example.com/streamsock/streamsock"
)

// playListen has POCO let another listener have the same port: its bind sets
// SO_REUSEPORT in addition to SO_REUSEADDR.
func playListen(subject, peer side) {
	port := subject.number("listen 0")
	subject.differ("listening", "1 1", "1 0")
	subject.differ("listen "+port, "ok", "error 98") // EADDRINUSE
	peer.ask("listen "+port, "error 98")
	peer.ask("connect "+port, "ok")
	subject.ask("accept", "ok")
	talkOver(1, subject, peer)
}

func playConnect(subject, peer side) {
	port := peer.number("listen 0")
	for i, command := range []string{"connect " + port, "connect " + port + " 20000", "connectnb " + port + " 20000"} {
		subject.ask(command, "ok")
		peer.ask("accept", "ok")
		talkOver(i+1, subject, peer)
	}
	subject.ask("connectfrom 127.0.0.2 "+port, "ok")
	peer.ask("accept", "ok")
	talkOver(4, subject, peer)
	if remote := peer.tell("remote"); !strings.HasPrefix(remote, "127.0.0.2:") {
		peer.t.Errorf("%v sees %q connect", peer, remote)
	}
}

func playConnectRefused(subject, peer side) {
	port := peer.number("listen 0")
	peer.ask("unlisten", "ok")
	for _, command := range []string{"connect " + port, "connect " + port + " 20000", "connectnb " + port + " 20000"} {
		subject.ask(command, "error 111") // ECONNREFUSED
	}
}

// playConnectTimedOut has the queue of a listener full, so that the kernel
// answers no more.
func playConnectTimedOut(subject, peer side) {
	port := peer.number("listen 0 0")
	for range 10 { // there is room for one, until it is seen to be taken
		c, err := net.DialTimeout("tcp4", "127.0.0.1:"+port, 500*time.Millisecond)
		if err != nil {
			break
		}
		defer c.Close()
	}
	subject.waits("connect "+port+" 200", 200*time.Millisecond, "timeout")
	subject.waits("connectnb "+port+" 200", 200*time.Millisecond, "timeout")
}

func playShutdownWrite(subject, peer side) {
	subject.ask("send last", "ok")
	subject.ask("shutdown write", "ok")
	subject.ask("send x", "error 32") // EPIPE
	peer.ask("recv 4", "last")
	peer.ask("read 1", "end")
	peer.ask("send after", "ok")
	subject.ask("recv 5", "after")
	peer.ask("close", "ok")
	subject.ask("read 1", "end")
}

func playShutdownRead(subject, peer side) {
	subject.ask("shutdown read", "ok")
	subject.ask("read 1", "end")
	peer.ask("send x", "ok") // it is not notified
	subject.ask("send y", "ok")
	peer.ask("recv 1", "y")
}

func playShutdownBoth(subject, peer side) {
	subject.ask("shutdown both", "ok")
	subject.ask("read 1", "end")
	subject.ask("send x", "error 32") // EPIPE
	peer.ask("read 1", "end")
}

// playShutdownAgain has both ended the stream before.
func playShutdownAgain(subject, peer side) {
	subject.ask("shutdown write", "ok")
	subject.ask("shutdown write", "ok")
	peer.ask("read 1", "end")
	peer.ask("shutdown write", "ok")
	subject.ask("read 1", "end")
	subject.differ("shutdown write", "error 107", "ok") // ENOTCONN
}

func playAbort(subject, peer side) {
	subject.ask("abort", "ok")
	peer.ask("recv 1", "error 104") // ECONNRESET
}

func (m *mirror) listen(rest string) (string, error) {
	words := strings.Fields(rest) // PORT (0: any) and perhaps the length of the queue
	address := "127.0.0.1:" + words[0]
	var l *streamsock.Listener
	var err error
	if len(words) == 1 {
		l, err = streamsock.Listen("tcp4", address)
	} else {
		l, err = queue(netip.MustParseAddrPort(address), integer(words[1]))
	}
	if err != nil {
		return "", err
	}
	if words[0] != "0" {
		return "ok", l.Close()
	}
	m.listener = l
	l.SetDeadline(time.Now().Add(patience))
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	return port, nil
}

// queue listens with a queue of some length.
func queue(address netip.AddrPort, length int) (*streamsock.Listener, error) {
	s, err := streamsock.NewSocket("tcp4")
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.Bind(address); err != nil {
		return nil, err
	}
	return s.Listen(length)
}

func (m *mirror) listenerOptions(string) (string, error) {
	reuse := raw(m.listener, syscall.SOL_SOCKET, syscall.SO_REUSEADDR)
	return both(m.listener, syscall.SOL_SOCKET, soReusePort)(int(reuse[0]), nil)
}

// joined adds a connection.
func (m *mirror) joined(c *streamsock.Conn, err error) (string, error) {
	if err != nil {
		return "", err
	}
	c.SetDeadline(time.Now().Add(patience))
	m.conns = append(m.conns, c)
	return "ok", nil
}

func (m *mirror) connect(rest string) (string, error) {
	words := strings.Fields(rest) // PORT and perhaps milliseconds
	address := "127.0.0.1:" + words[0]
	if len(words) == 1 {
		return m.joined(streamsock.Dial("tcp4", address))
	}
	return m.joined(streamsock.DialTimeout("tcp4", address, milliseconds(words[1])))
}

func (m *mirror) connectNB(rest string) (string, error) {
	words := strings.Fields(rest) // PORT and milliseconds
	s, err := streamsock.NewSocket("tcp4")
	if err != nil {
		return "", err
	}
	defer s.Close()
	if err := s.StartConnect(netip.MustParseAddrPort("127.0.0.1:" + words[0])); err != nil {
		return "", err
	}
	ctx, cancel := within(words[1])
	defer cancel()
	return m.joined(s.FinishConnect(ctx))
}

func (m *mirror) connectFrom(rest string) (string, error) {
	words := strings.Fields(rest) // HOST and PORT
	s, err := streamsock.NewSocket("tcp4")
	if err != nil {
		return "", err
	}
	defer s.Close()
	if err := s.Bind(netip.MustParseAddrPort(words[0] + ":0")); err != nil {
		return "", err
	}
	return m.joined(s.Connect(context.Background(), netip.MustParseAddrPort("127.0.0.1:"+words[1])))
}

func (m *mirror) shutdown(how string) (string, error) {
	sides := map[string]streamsock.How{"read": streamsock.ShutRead, "write": streamsock.ShutWrite, "both": streamsock.ShutBoth}
	return "ok", m.conn().Shutdown(sides[how])
}
