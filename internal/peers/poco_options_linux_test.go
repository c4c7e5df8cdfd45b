// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"example.com/streamsock/streamsock/sockopt"
)

func playOptions(subject, peer side) {
	// Package net turns them on.
	subject.differ("get NoDelay", "0 0", "1 1")
	subject.differ("get KeepAlive", "0 0", "1 1")
	for _, tt := range []struct{ command, want string }{
		{"set ReadBuffer 20000", "40000 40000"},
		{"set WriteBuffer 30000", "60000 60000"},
		{"set Linger 5", "5 5"},
		{"set Linger 0", "0 0"},
		{"set Linger -1", "-1 -1"},
		{"set NoDelay 1", "1 1"},
		{"set NoDelay 0", "0 0"},
		{"set KeepAlive 1", "1 1"},
		{"set KeepAlive 0", "0 0"},
		{"set OOBInline 1", "1 1"},
		{"set OOBInline 0", "0 0"},
		{"set ReuseAddr 1", "1 1"},
		{"set ReuseAddr 0", "0 0"},
		{"set ReusePort 1", "1 1"},
		{"set ReusePort 0", "0 0"},
	} {
		subject.ask(tt.command, tt.want)
		peer.ask(tt.command, tt.want)
	}
	// The least and the most are the kernel's, and the same.
	for _, command := range []string{"set ReadBuffer 1", "set WriteBuffer 1", "set ReadBuffer 1000000000", "set WriteBuffer 1000000000"} {
		subject.ask(command, peer.tell(command))
	}
}

// playReceiveTimeout has streamsock leave the kernel's timeouts alone.
func playReceiveTimeout(subject, peer side) {
	subject.differ("set ReceiveTimeout 200", "200 200", "none 0")
	subject.waits("read 1", 200*time.Millisecond, "timeout")
	end := subject.begin("read 1")
	peer.ask("send x", "ok")
	end("x")
	subject.differ("set ReceiveTimeout 0", "0 0", "none 0")
	end = subject.begin("read 1")
	peer.ask("shutdown write", "ok")
	end("end")
}

// playSendTimeout shows that POCO reports EAGAIN for a timeout, unlike for
// receiving.
func playSendTimeout(subject, peer side) {
	subject.ask("set WriteBuffer 65536", "131072 131072")
	peer.ask("set ReadBuffer 65536", "131072 131072")
	subject.differ("set SendTimeout 200", "200 200", "none 0")
	subject.waits("sendmany 8388608", 200*time.Millisecond, subject.either("error 11", "timeout")) // EAGAIN
}

// soReusePort is SO_REUSEPORT, which package syscall lacks.
const soReusePort = 15

func (m *mirror) setOption(rest string) (string, error) {
	c := m.conn()
	name, text, _ := strings.Cut(rest, " ")
	value := integer(text)
	on := value != 0
	var err error
	switch name {
	case "ReadBuffer":
		err = c.SetReadBuffer(value)
	case "WriteBuffer":
		err = c.SetWriteBuffer(value)
	case "Linger":
		err = c.SetLinger(value)
	case "NoDelay":
		err = c.SetNoDelay(on)
	case "KeepAlive":
		err = c.SetKeepAlive(on)
	case "OOBInline":
		err = c.SetOOBInline(on)
	case "ReuseAddr":
		err = sockopt.ReuseAddr.Set(c, on)
	case "ReusePort":
		err = sockopt.ReusePort.Set(c, on)
	case "ReceiveTimeout":
		m.read = milliseconds(text)
	case "SendTimeout":
		m.write = milliseconds(text)
	}
	if err != nil {
		return "", err
	}
	return m.getOption(name)
}

func (m *mirror) getOption(name string) (string, error) {
	c := m.conn()
	switch name {
	case "ReadBuffer":
		return both(c, syscall.SOL_SOCKET, syscall.SO_RCVBUF)(c.ReadBuffer())
	case "WriteBuffer":
		return both(c, syscall.SOL_SOCKET, syscall.SO_SNDBUF)(c.WriteBuffer())
	case "NoDelay":
		return both(c, syscall.IPPROTO_TCP, syscall.TCP_NODELAY)(flag(c.NoDelay()))
	case "KeepAlive":
		return both(c, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)(flag(c.KeepAlive()))
	case "OOBInline":
		return both(c, syscall.SOL_SOCKET, syscall.SO_OOBINLINE)(flag(c.OOBInline()))
	case "ReuseAddr":
		return both(c, syscall.SOL_SOCKET, syscall.SO_REUSEADDR)(flag(sockopt.ReuseAddr.Get(c)))
	case "ReusePort":
		return both(c, syscall.SOL_SOCKET, soReusePort)(flag(sockopt.ReusePort.Get(c)))
	case "Linger":
		seconds, err := c.Linger()
		kernel := raw(c, syscall.SOL_SOCKET, syscall.SO_LINGER)
		if kernel[0] == 0 {
			kernel[1] = -1
		}
		return fmt.Sprintf("%d %d", seconds, kernel[1]), err
	case "ReceiveTimeout":
		return fmt.Sprintf("none %v", raw(c, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO)[0]), nil
	case "SendTimeout":
		return fmt.Sprintf("none %v", raw(c, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO)[0]), nil
	}
	return "no option", nil
}
