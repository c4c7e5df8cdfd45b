// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
)

// This file and serveecho.go are the servers in Go.

// serves are the servers by their names: serve listens on an address, and serves
// until the process ends. The target is where a relay connects.
var serves = map[string]func(address, target string){
	"relay streamsock":  relayByStreamsock,
	"relay net":         relayByNet,
	"http streamsock":   func(address, _ string) { serveHTTP(listenStream(address)) },
	"http net":          func(address, _ string) { serveHTTP(listenNet(address)) },
	"echo PollSet":      func(address, _ string) { echoByPollSet(listenStream(address)) },
	"echo net":          func(address, _ string) { echoByNet(listenNet(address)) },
	"echo Read":         echoBy(byRead),
	"echo Recv":         echoBy(byRecv),
	"echo TimeoutConn":  echoBy(byTimeoutConn),
	"echo ReadContext":  echoBy(byReadContext),
	"echo WriteContext": echoBy(byWriteContext),
	"echo Peek":         echoBy(byPeek),
	"echo PeekContext":  echoBy(byPeekContext),
	"echo Wait":         echoBy(byWait),
}

// serve is the server that the arguments name: NAME PORT [TARGETPORT].
func serve(args []string) {
	if len(args) < 2 || serves[args[0]] == nil {
		check(errors.New("usage: NAME PORT [TARGETPORT]"))
	}
	target := ""
	if len(args) > 2 {
		target = loopback(args[2])
	}
	serves[args[0]](loopback(args[1]), target)
}

func loopback(port string) string { return net.JoinHostPort("127.0.0.1", port) }

func listenStream(address string) *streamsock.Listener {
	l, err := streamsock.Listen("tcp4", address)
	check(err)
	return l
}

func listenNet(address string) *net.TCPListener {
	l, err := net.Listen("tcp4", address)
	check(err)
	return l.(*net.TCPListener)
}

func relayByStreamsock(address, target string) {
	l := listenStream(address)
	for {
		in, err := l.AcceptStream()
		check(err)
		out, err := streamsock.Dial("tcp4", target)
		check(err)
		go streamsock.Relay(context.Background(), in, out)
	}
}

func relayByNet(address, target string) {
	l := listenNet(address)
	for {
		in, err := l.AcceptTCP()
		check(err)
		out, err := net.Dial("tcp4", target)
		check(err)
		go copyAndEnd(in, out.(*net.TCPConn))
		go copyAndEnd(out.(*net.TCPConn), in)
	}
}

// copyAndEnd is one direction of a relay.
func copyAndEnd(dst, src *net.TCPConn) {
	io.Copy(dst, src)
	dst.CloseWrite()
}

// serveHTTP responds to every request with 128 bytes.
func serveHTTP(l net.Listener) {
	body := strings.Repeat("x", requestSize)
	s := http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }),
		ReadHeaderTimeout: time.Minute,
	}
	check(s.Serve(l))
}
