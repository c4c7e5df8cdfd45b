// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// Long is a time that no test waits for.
const long = time.Hour

func TestHowString(t *testing.T) {
	for want, h := range map[string]streamsock.How{
		"ShutRead": streamsock.ShutRead, "ShutWrite": streamsock.ShutWrite, "ShutBoth": streamsock.ShutBoth,
		"How(0)": 0, "How(4)": 4, "How(255)": 255,
	} {
		if h.String() != want {
			t.Errorf("%d is %q, want %q", uint8(h), h, want)
		}
	}
}

// The ways to shut down, each of which may be repeated.
var shutdowns = []struct {
	name        string
	read, write bool // the directions that are shut down
	shut        func(c *streamsock.Conn) error
}{
	{"ShutRead", true, false, func(c *streamsock.Conn) error { return c.Shutdown(streamsock.ShutRead) }},
	{"ShutWrite", false, true, func(c *streamsock.Conn) error { return c.Shutdown(streamsock.ShutWrite) }},
	{"ShutBoth", true, true, func(c *streamsock.Conn) error { return c.Shutdown(streamsock.ShutBoth) }},
	{"CloseRead", true, false, (*streamsock.Conn).CloseRead},
	{"CloseWrite", false, true, (*streamsock.Conn).CloseWrite},
}

// TestShutdown checks what each way shuts down, and that it may be repeated.
func TestShutdown(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		for _, s := range shutdowns {
			t.Run(network+"/"+s.name, func(t *testing.T) {
				c, peer := pair(t, network)
				put(t, c, peer, []byte("sent before"))
				read := func() (int, error) { return c.Read(make([]byte, 10)) }
				waiting := begin(read)
				waiting.blocks(t)
				for range 3 {
					if err := s.shut(c); err != nil {
						t.Fatal(err)
					}
				}
				if s.read && onWine { // which refuses the next Read only
					c.SetReadDeadline(past)
					waiting.ends(t, 0, os.ErrDeadlineExceeded)
					c.SetReadDeadline(time.Time{})
					waiting = begin(read)
				}
				if s.read {
					endsShut(t, waiting)
				}
				if n, err := c.Write([]byte("x")); s.write && !answers(err, syscall.EPIPE) || !s.write && (n != 1 || err != nil) {
					t.Errorf("Write: %d, %v", n, err)
				}
				want := []byte("sent before")
				if s.write {
					takeRest(t, peer, want)
				} else {
					take(t, peer, append(want, 'x'))
				}
				if s.read {
					return
				}
				peer.Write([]byte("answer"))
				waiting.ends(t, 6, nil)
			})
		}
	}
}

// endsShut checks how a Read ends after the reading side was shut down. Windows
// calls that an error, WSAESHUTDOWN.
func endsShut(t testing.TB, reading *call) {
	t.Helper()
	n, err := reading.end(t)
	if n != 0 || err != io.EOF && (runtime.GOOS != "windows" || !answers(err, syscall.EPIPE)) {
		t.Errorf("%d, %v, want the end of the stream", n, err)
	}
}

// TestShutdownEnded shuts down a connection that both sides have ended, which
// the system reports as not connected.
func TestShutdownEnded(t *testing.T) {
	for _, s := range shutdowns {
		for _, first := range []string{"we", "the peer"} {
			t.Run(s.name+", "+first+" first", func(t *testing.T) {
				c, peer := checkPair(t, "tcp4")
				ends := []*streamsock.Conn{c, peer}
				if first == "the peer" {
					ends = []*streamsock.Conn{peer, c}
				}
				for _, end := range ends {
					if err := end.CloseWrite(); err != nil {
						t.Fatal(err)
					}
				}
				until(t, "the system calls it not connected", func() bool {
					return onWine || answers(c.TCPConn.CloseWrite(), syscall.ENOTCONN) // wine never does
				})
				for range 3 {
					if err := s.shut(c); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// TestShutdownBroken checks that a reset is not treated as an end, and that its
// error stays for Read.
func TestShutdownBroken(t *testing.T) {
	for _, s := range shutdowns {
		t.Run(s.name, func(t *testing.T) {
			c, peer := checkPair(t, "tcp4")
			abortConn(peer.TCPConn)
			becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
			for range 3 {
				if err := s.shut(c); !answers(err, syscall.ENOTCONN) && !(onWine && err == nil) {
					t.Errorf("%v, want ENOTCONN", err)
				}
			}
			if runtime.GOOS == "windows" && s.read {
				readsTo(t, c, syscall.EPIPE) // of the shutdown
			} else {
				readsTo(t, c, syscall.ECONNRESET)
			}
		})
	}
}

func TestShutdownErrors(t *testing.T) {
	c, _ := pair(t, "tcp4")
	for _, how := range []streamsock.How{0, 4, 7, 255} {
		if err := c.Shutdown(how); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%v: %v, want os.ErrInvalid", how, err)
		}
	}
	if _, err := c.Write([]byte("x")); err != nil {
		t.Errorf("Write after a Shutdown of nothing: %v", err)
	}
	c.Close()
	for _, s := range shutdowns {
		if err := s.shut(c); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s after Close: %v", s.name, err)
		}
	}
	var zero streamsock.Conn
	for name, err := range map[string]error{
		"Shutdown": zero.Shutdown(streamsock.ShutBoth), "CloseRead": zero.CloseRead(), "CloseWrite": zero.CloseWrite(),
		"Abort": zero.Abort(), "CloseGraceful": zero.CloseGraceful(t.Context()),
	} {
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s of a zero Conn: %v, want EINVAL", name, err)
		}
	}
}

// TestAbort checks that the peer sees a reset.
func TestAbort(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		for name, before := range map[string]func(t *testing.T, c, peer *streamsock.Conn){
			"idle":       func(t *testing.T, c, peer *streamsock.Conn) {},
			"unread":     func(t *testing.T, c, peer *streamsock.Conn) { put(t, peer, c, []byte("data")) },
			"lingering":  func(t *testing.T, c, peer *streamsock.Conn) { c.SetLinger(100) },
			"background": func(t *testing.T, c, peer *streamsock.Conn) { c.SetLinger(-1) },
			"deadline":   func(t *testing.T, c, peer *streamsock.Conn) { c.SetDeadline(past) },
			"after FIN": func(t *testing.T, c, peer *streamsock.Conn) {
				peer.CloseWrite()
				readsTo(t, c, io.EOF)
			},
		} {
			t.Run(network+"/"+name, func(t *testing.T) {
				c, peer := pair(t, network)
				before(t, c, peer)
				doing(c.Abort).ends(t, 0, nil)
				readsTo(t, peer, syscall.ECONNRESET)
				if err := c.Abort(); !errors.Is(err, net.ErrClosed) {
					t.Errorf("the second: %v", err)
				}
				mustBeClosed(t, c)
			})
		}
	}
}

// TestAbortUnsent aborts with data that the peer does not take, for which a
// Close would wait.
func TestAbortUnsent(t *testing.T) {
	c, peer := tightPair(t)
	if err := c.SetLinger(100); err != nil {
		t.Fatal(err)
	}
	for err := error(nil); err == nil; {
		_, err = c.TryWrite(make([]byte, 1<<20))
	}
	start := time.Now()
	doing(c.Abort).ends(t, 0, nil)
	if d := time.Since(start); d > patience {
		t.Errorf("took %v", d)
	}
	_, err := promptly(t, func() (int64, error) { return io.Copy(io.Discard, struct{ io.Reader }{peer}) })
	if !answersReset(err) {
		t.Errorf("the peer: %v", err)
	}
}

// TestAbortWakes aborts while others wait.
func TestAbortWakes(t *testing.T) {
	for _, r := range receivers {
		t.Run(r.name, func(t *testing.T) {
			c, _ := msgPair(t)
			waiting := begin(func() (int64, error) { return r.receive(c, make([]byte, 30)) })
			waiting.blocks(t)
			doing(c.Abort).ends(t, 0, nil)
			waiting.ends(t, 0, net.ErrClosed)
		})
	}
	for _, s := range senders {
		t.Run(s.name, func(t *testing.T) {
			c, _ := tightPair(t)
			waiting := begin(func() (int64, error) { return s.send(c, make([]byte, 8<<20)) })
			waiting.blocks(t)
			doing(c.Abort).ends(t, 0, nil)
			if _, err := waiting.end(t); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s: %v", s.name, err)
			}
		})
	}
}

// TestAbortEnded aborts a connection that no longer exists.
func TestAbortEnded(t *testing.T) {
	c, peer := checkPair(t, "tcp4")
	c.CloseWrite()
	peer.Close()
	becomesClosed(t, c)
	if err := c.Abort(); err != nil {
		t.Errorf("ended by both: %v", err)
	}
	mustBeClosed(t, c)

	c, peer = checkPair(t, "tcp4")
	abortConn(peer.TCPConn)
	becomesClosed(t, c)
	if err := c.Abort(); err != nil {
		t.Errorf("reset: %v", err)
	}
	mustBeClosed(t, c)
}

// becomesClosed waits until the peer has ended or reset the connection.
func becomesClosed(t testing.TB, c *streamsock.Conn) {
	t.Helper()
	until(t, "the connection ends", func() bool {
		l, _ := c.Check()
		return l == streamsock.Closed || runtime.GOOS == "windows" && l == streamsock.HalfClosed
	})
}

// refusing makes a server reject a request that it has not read, with a
// response larger than the client's receive buffer, and close in the given way.
// It returns the client, which has not read yet, and the answer.
func refusing(t *testing.T, end func(server *streamsock.Conn) error) (client *streamsock.Conn, answer []byte, ended *call) {
	t.Helper()
	client, server := msgPair(t)
	if err := errors.Join(client.SetReadBuffer(16<<10), server.SetWriteBuffer(200<<10)); err != nil {
		t.Fatal(err)
	}
	put(t, client, server, []byte("a request"))
	answer = ascii(128 << 10)
	if n, err := server.TryWrite(answer); n != len(answer) || err != nil {
		t.Skipf("the answer does not fit in the buffers: %d, %v", n, err)
	}
	return client, answer, doing(func() error { return end(server) })
}

// TestCloseDestroys shows the purpose of CloseGraceful: without it the client
// does not receive the response.
func TestCloseDestroys(t *testing.T) {
	client, answer, ended := refusing(t, (*streamsock.Conn).Close)
	ended.ends(t, 0, nil)
	var got bytes.Buffer
	_, err := promptly(t, func() (int64, error) { return io.Copy(&got, struct{ io.Reader }{client}) })
	if err == nil && !onWine || got.Len() == len(answer) { // see answersReset
		t.Errorf("the client got all: %d bytes, %v", got.Len(), err)
	}
}

// TestCloseGraceful checks that the client receives the response, with all
// settings that could prevent it.
func TestCloseGraceful(t *testing.T) {
	for name, before := range map[string]func(c *streamsock.Conn) error{
		"plain":             func(c *streamsock.Conn) error { return nil },
		"abortive":          func(c *streamsock.Conn) error { return c.SetLinger(0) },
		"lingering":         func(c *streamsock.Conn) error { return c.SetLinger(100) },
		"expired deadline":  func(c *streamsock.Conn) error { return c.SetDeadline(past) },
		"after CloseWrite":  (*streamsock.Conn).CloseWrite,
		"Nagle":             func(c *streamsock.Conn) error { return c.SetNoDelay(false) },
		"deadline is ahead": func(c *streamsock.Conn) error { return c.SetDeadline(time.Now().Add(long)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // the small buffers make it slow
			client, answer, ended := refusing(t, func(server *streamsock.Conn) error {
				if err := before(server); err != nil {
					return err
				}
				return errors.Join(server.CloseGraceful(t.Context()), isClosed(server))
			})
			if _, err := client.Write([]byte("more of the request")); err != nil {
				t.Error(err)
			}
			takeRest(t, client, answer)
			if _, err := client.Write([]byte("and still more")); err != nil {
				t.Errorf("the server has gone already: %v", err)
			}
			client.Close()
			ended.ends(t, 0, nil)
		})
	}
}

// TestCloseGracefulFails has the peer not end.
func TestCloseGracefulFails(t *testing.T) {
	for name, tt := range map[string]struct {
		before func(t *testing.T, c, peer *streamsock.Conn)
		after  func(c, peer *streamsock.Conn, cancel func()) // when it waits
		want   error
	}{
		"cancelled": {
			after: func(c, peer *streamsock.Conn, cancel func()) { cancel() },
			want:  context.Canceled,
		},
		"cancelled, another sets the deadline": {
			after: func(c, peer *streamsock.Conn, cancel func()) {
				c.SetReadDeadline(time.Now().Add(long))
				cancel()
				c.SetReadDeadline(time.Now().Add(long))
			},
			want: context.Canceled,
		},
		"cancelled, lingering": {
			before: func(t *testing.T, c, peer *streamsock.Conn) {
				c.SetLinger(100)
				for err := error(nil); err == nil; {
					_, err = c.TryWrite(make([]byte, 1<<20))
				}
			},
			after: func(c, peer *streamsock.Conn, cancel func()) { cancel() },
			want:  context.Canceled,
		},
		"closed": {
			after: func(c, peer *streamsock.Conn, cancel func()) { c.Close() },
			want:  net.ErrClosed,
		},
		"reset": {
			after: func(c, peer *streamsock.Conn, cancel func()) { abortConn(peer.TCPConn) },
			want:  syscall.ECONNRESET,
		},
		"reset before": {
			before: func(t *testing.T, c, peer *streamsock.Conn) {
				abortConn(peer.TCPConn)
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
			},
			want: syscall.ECONNRESET,
		},
		"closed before": {
			before: func(t *testing.T, c, peer *streamsock.Conn) { c.Close() },
			want:   net.ErrClosed,
		},
		"does not stop": {
			before: func(t *testing.T, c, peer *streamsock.Conn) {
				writing := doing(func() error {
					p := make([]byte, 1<<20)
					for range 32 {
						if _, err := peer.Write(p); err != nil {
							return err
						}
					}
					return nil
				})
				t.Cleanup(func() {
					if onWine { // it does not always end a Write by a reset
						peer.Close()
					}
					if _, err := writing.end(t); err == nil {
						t.Error("the peer could write it all")
					}
				})
			},
			want: streamsock.ErrDrainLimit,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, peer := checkPair(t, "tcp4")
			if tt.before != nil {
				tt.before(t, c, peer)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			closing := doing(func() error { return c.CloseGraceful(ctx) })
			if tt.after != nil {
				closing.blocks(t)
				tt.after(c, peer, cancel)
			}
			_, err := closing.end(t)
			if !(answers(err, tt.want) || tt.want == syscall.ECONNRESET && answersReset(err)) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			mustBeClosed(t, c)
		})
	}
}

// TestCloseGracefulTimeout checks that the context's deadline counts, also if
// it is exceeded, and that the peer receives what has been written.
func TestCloseGracefulTimeout(t *testing.T) {
	for _, timeout := range []time.Duration{-1, 0, 10 * time.Millisecond} {
		c, peer := pair(t, "tcp4")
		c.SetLinger(0)
		put(t, c, peer, []byte("data"))
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		doing(func() error { return c.CloseGraceful(ctx) }).ends(t, 0, context.DeadlineExceeded)
		mustBeClosed(t, c)
		takeRest(t, peer, []byte("data"))
	}
}

// TestCloseGracefulLimit sends just as much as is allowed, and then more.
func TestCloseGracefulLimit(t *testing.T) {
	for n, want := range map[int]error{
		0:                         nil,
		1:                         nil,
		streamsock.DrainLimit:     nil,
		streamsock.DrainLimit + 1: streamsock.ErrDrainLimit,
	} {
		c, peer := pair(t, "tcp4")
		closing := doing(func() error { return c.CloseGraceful(t.Context()) })
		if _, err := peer.Write(make([]byte, n)); err != nil {
			t.Error(err)
		}
		if want == nil {
			peer.Close()
		}
		closing.ends(t, 0, want)
		mustBeClosed(t, c)
	}
}

// TestCloseGracefulBothEnds is about two programs that both call it: neither
// may wait for the other forever.
func TestCloseGracefulBothEnds(t *testing.T) {
	c, peer := pair(t, "tcp4")
	put(t, c, peer, []byte("unread"))
	put(t, peer, c, []byte("unread too"))
	calls := []*call{
		doing(func() error { return c.CloseGraceful(t.Context()) }),
		doing(func() error { return peer.CloseGraceful(t.Context()) }),
	}
	for _, call := range calls {
		call.ends(t, 0, nil)
	}
}

// TestCloseGracefulWakes checks that a Read and a Write of other goroutines
// end.
func TestCloseGracefulWakes(t *testing.T) {
	c, peer := tightPair(t)
	writing := begin(func() (int, error) { return c.Write(make([]byte, 8<<20)) })
	writing.blocks(t)
	reading := begin(func() (int, error) { return c.Read(make([]byte, 1)) })
	reading.blocks(t)
	closing := doing(func() error { return c.CloseGraceful(t.Context()) })
	drain := func() {
		io.Copy(io.Discard, struct{ io.Reader }{peer})
		peer.Close()
	}
	if runtime.GOOS == "windows" { // which sends the data of the call before it ends its direction
		go drain()
		writing.ends(t, 8<<20, nil)
	} else {
		if _, err := writing.end(t); !answers(err, syscall.EPIPE) {
			t.Errorf("Write: %v", err)
		}
		go drain()
	}
	closing.ends(t, 0, nil)
	// Either of the two may receive the end of the stream.
	if n, err := reading.end(t); n != 0 || !answers(err, io.EOF) && !answers(err, net.ErrClosed) {
		t.Errorf("Read: %d, %v", n, err)
	}
}
