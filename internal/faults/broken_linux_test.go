// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// vanish is a rule of the packet filter: incoming packets are dropped silently.
const vanish = "meta l4proto tcp drop"

// TestBlackHole has the peer's packets vanish while something is to be sent.
// The timeout is looked at when something is sent again, with ever more time
// in between.
func TestBlackHole(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		n.play(t, scene{
			settings:  []sockopt.Setting{sockopt.UserTimeout.To(1500 * time.Millisecond)},
			strike:    func(t *testing.T) { filter(t, n.server(), vanish) },
			kicks:     true,
			unnoticed: true,
			want:      []syscall.Errno{syscall.ETIMEDOUT},
			least:     time.Second,
			most:      10 * time.Second,
		})
	})
}

// TestBlackHoleEnds lets packets pass again before the timeout.
func TestBlackHoleEnds(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		c, peer := n.dial(t, sockopt.UserTimeout.To(time.Minute))
		end := filter(t, n.server(), vanish)
		write(t, c, "through")
		unsent(t, c, 7)
		is(t, peer, streamsock.Idle, nil)
		end()
		read(t, peer, "through")
		is(t, c, streamsock.Idle, nil)
	})
}

// TestKeepAlive has the peer vanish while nothing is to be sent. A connection
// that writes is not broken by keep-alive, which is only for one that has
// nothing on its way.
func TestKeepAlive(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		n.play(t, scene{
			settings: []sockopt.Setting{
				sockopt.KeepAliveIdle.To(time.Second),
				sockopt.KeepAliveInterval.To(time.Second),
				sockopt.KeepAliveCount.To(2),
			},
			only:      func(c call) bool { return !c.writes },
			strike:    func(t *testing.T) { filter(t, n.server(), vanish) },
			unnoticed: true,
			want:      []syscall.Errno{syscall.ETIMEDOUT},
			least:     2 * time.Second,
			most:      10 * time.Second,
		})
	})
}

// TestReset has a firewall reset the connections.
func TestReset(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		n.play(t, scene{
			strike: func(t *testing.T) { filter(t, n.server(), "meta l4proto tcp reject with tcp reset") },
			kicks:  true,
			want:   []syscall.Errno{syscall.ECONNRESET},
			most:   patience,
		})
	})
}

// TestDestroy has an administrator destroy the sockets: INET_DIAG_DESTROY.
func TestDestroy(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		n.play(t, scene{
			strike: func(t *testing.T) { command(t, "ss", "-K", "-t", "dst", serverHost, "dport", "=", ":"+port) },
			want:   []syscall.Errno{syscall.ECONNABORTED},
			most:   patience,
			atPeer: []syscall.Errno{syscall.ECONNRESET},
		})
	})
}

// TestLinkDown pulls the cable, at the peer or at the machine itself, whose
// route goes as well. The connections time out, but the error is the one that
// the system has learned last of why the packets did not get through, if
// anything.
func TestLinkDown(t *testing.T) {
	for _, tt := range []struct {
		name   string
		device func(n *network) []string
		reason syscall.Errno
	}{
		{"the peer's", func(n *network) []string { return []string{"-n", n.server(), "link", "set", "far", "down"} }, syscall.EHOSTUNREACH},
		{"the machine's own", func(n *network) []string { return []string{"-n", n.client(), "link", "set", "near", "down"} }, syscall.ENETUNREACH},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inside(t, direct, func(t *testing.T, n *network) {
				if err := setSysctl("net/ipv4/tcp_retries2", "2"); err != nil {
					t.Fatal(err)
				}
				n.play(t, scene{
					strike:    func(t *testing.T) { command(t, "ip", tt.device(n)...) },
					kicks:     true,
					unnoticed: true,
					want:      []syscall.Errno{syscall.ETIMEDOUT, tt.reason},
					least:     300 * time.Millisecond,
					most:      patience,
				})
			})
		})
	}
}

// TestLinkFlaps takes the device down and up again: nothing is lost.
func TestLinkFlaps(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		c, peer := n.dial(t)
		command(t, "ip", "-n", n.client(), "link", "set", "near", "down")
		write(t, c, "through")
		unsent(t, c, 7)
		is(t, c, streamsock.Idle, nil)
		command(t, "ip", "-n", n.client(), "link", "set", "near", "up")
		read(t, peer, "through")
		is(t, c, streamsock.Idle, nil)
	})
}

// TestProhibited has the peer's packets refused with a word: of a connection
// that stands, the system only remembers it, for the case that it times out.
func TestProhibited(t *testing.T) {
	t.Run("to the end", func(t *testing.T) {
		inside(t, direct, func(t *testing.T, n *network) {
			n.play(t, scene{
				settings:  []sockopt.Setting{sockopt.UserTimeout.To(1500 * time.Millisecond)},
				strike:    func(t *testing.T) { filter(t, n.server(), "meta l4proto tcp reject with icmpx type admin-prohibited") },
				kicks:     true,
				unnoticed: true,
				want:      []syscall.Errno{syscall.EHOSTUNREACH},
				least:     time.Second,
				most:      10 * time.Second,
			})
		})
	})
	t.Run("for a while", func(t *testing.T) {
		inside(t, direct, func(t *testing.T, n *network) {
			c, peer := n.dial(t)
			end := filter(t, n.server(), "meta l4proto tcp reject with icmpx type admin-prohibited")
			write(t, c, "through")
			unsent(t, c, 7)
			is(t, c, streamsock.Idle, nil)
			end()
			read(t, peer, "through")
			is(t, c, streamsock.Idle, nil)
		})
	})
}

// TestHalfOpen lets the server's machine lose its power and restart with the
// server running: it does not know the connections, and resets them when it
// hears of them.
func TestHalfOpen(t *testing.T) {
	for _, tt := range []struct {
		name     string
		settings []sockopt.Setting
		kicks    bool
		least    time.Duration
	}{
		{"a write finds out", nil, true, 0},
		{"keep-alive finds out", []sockopt.Setting{
			sockopt.KeepAliveIdle.To(time.Second),
			sockopt.KeepAliveInterval.To(time.Second),
		}, false, 500 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inside(t, twin, func(t *testing.T, n *network) {
				n.listener.Close()
				kill := n.startServer(t, n.server())
				n.play(t, scene{
					settings:  tt.settings,
					only:      func(c call) bool { return !c.writes },
					open:      n.dialServer,
					strike:    func(t *testing.T) { n.restart(t, kill) },
					kicks:     tt.kicks,
					unnoticed: !tt.kicks,
					want:      []syscall.Errno{syscall.ECONNRESET},
					least:     tt.least,
					most:      patience,
				})
				n.dialServer(t) // it serves
			})
		})
	}
}

// restart has the spare machine take the server's place at the end of the
// cable, and then its address. The cable is pulled before the server dies, so
// so that no machine is notified.
func (n *network) restart(t *testing.T, kill func()) {
	t.Helper()
	command(t, "ip", "-n", n.server(), "link", "set", "far", "netns", n.spare())
	kill()
	n.startServer(t, n.spare())
	plug(t, n.spare(), "far", serverHost+"/24", serverIPv6+"/64")
}

// startServer starts a server in its own process, and returns a function that
// ends it without a warning.
func (n *network) startServer(t *testing.T, space string) (kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("ip", "netns", "exec", space, self)
	server.Env = append(os.Environ(), stageVariable+"=serve")
	server.Stderr = os.Stderr
	in, err := server.StdinPipe() // it ends if we do
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	dead := false
	kill = func() {
		if !dead {
			server.Process.Kill()
			server.Wait()
			in.Close()
			dead = true
		}
	}
	t.Cleanup(kill)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the server says %q, %v", line, err)
	}
	return kill
}

func (n *network) dialServer(t *testing.T, settings ...sockopt.Setting) (c, peer *streamsock.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := streamsock.DialContext(ctx, "tcp", net.JoinHostPort(serverHost, port), settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, nil
}

// TestCloseGraceful has connections break that are about to be closed.
func TestCloseGraceful(t *testing.T) {
	for _, tt := range []struct {
		name string
		rule string
		want error
	}{
		{"black hole", vanish, syscall.ETIMEDOUT},
		{"reset", "meta l4proto tcp reject with tcp reset", syscall.ECONNRESET},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inside(t, direct, func(t *testing.T, n *network) {
				c, _ := n.dial(t, sockopt.UserTimeout.To(1500*time.Millisecond))
				filter(t, n.server(), tt.rule)
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if err := c.CloseGraceful(ctx); !errors.Is(err, tt.want) {
					t.Errorf("CloseGraceful: %v, want %v", err, tt.want)
				}
				is(t, c, streamsock.Closed, net.ErrClosed)
			})
		})
	}
}

// TestRelay has one of the two connections of a relay break; the other must
// not take that for a regular end.
func TestRelay(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		client, near := n.dial(t)
		far, server := n.dial(t, sockopt.UserTimeout.To(1500*time.Millisecond))
		ended := make(chan error, 1)
		go func() {
			r := &streamsock.Relayer{Reset: true}
			_, err := r.Relay(t.Context(), near, far)
			ended <- err
		}()
		write(t, client, "through")
		read(t, server, "through")
		filter(t, n.server(), "tcp sport "+portOf(far)+" drop")
		write(t, client, "lost")
		select {
		case err := <-ended:
			if !errors.Is(err, syscall.ETIMEDOUT) {
				t.Errorf("Relay: %v", err)
			}
		case <-time.After(patience):
			t.Fatal("Relay hangs")
		}
		client.SetDeadline(time.Now().Add(patience))
		_, err := client.Read(make([]byte, 10))
		checkError(t, "Read", err, syscall.ECONNRESET)
		for _, c := range []*streamsock.Conn{near, far} {
			is(t, c, streamsock.Closed, net.ErrClosed)
		}
	})
}

// unsent checks that so many bytes were not acknowledged.
func unsent(t *testing.T, c *streamsock.Conn, want int) {
	t.Helper()
	if n, err := c.Unacked(); n != want || err != nil {
		t.Errorf("Unacked: %d, %v, want %d", n, err, want)
	}
}
