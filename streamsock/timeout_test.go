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
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"golang.org/x/net/nettest"
)

// within holds that d is about a time: not less, and not much more.
func within(t *testing.T, what string, d, want time.Duration) {
	t.Helper()
	if d < want*9/10 || d > want+5*time.Second {
		t.Errorf("%s took %v, want %v", what, d, want)
	}
}

func TestTimeoutConnConformance(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		client, server := pair(t, "tcp4")
		c, s := client.WithTimeouts(time.Hour, time.Hour), server.WithTimeouts(time.Hour, 0)
		return c, s, closing(t, c, s), nil
	})
}

// TestTimeouts holds that every operation that stands still ends after its own
// time, again and again, and leaves the deadlines alone.
func TestTimeouts(t *testing.T) {
	const timeout = 40 * time.Millisecond
	for name, read := range map[string]func(*streamsock.TimeoutConn) (int64, error){
		"Read":    func(c *streamsock.TimeoutConn) (int64, error) { return wide(c.Read(make([]byte, 1))) },
		"Readv":   func(c *streamsock.TimeoutConn) (int64, error) { return c.Readv([][]byte{make([]byte, 1)}) },
		"Peek":    func(c *streamsock.TimeoutConn) (int64, error) { return wide(c.Peek(make([]byte, 1))) },
		"WriteTo": func(c *streamsock.TimeoutConn) (int64, error) { return c.WriteTo(io.Discard) },
		"io.Copy to a file": func(c *streamsock.TimeoutConn) (int64, error) {
			return io.Copy(temporary(t), c)
		},
		"io.Copy to a Conn": func(c *streamsock.TimeoutConn) (int64, error) {
			dst, _ := pair(t, "tcp4")
			return io.Copy(dst, c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, server := msgPair(t)
			c := server.WithTimeouts(timeout, 0)
			for range 2 {
				start := time.Now()
				n, err := read(c)
				if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("%d, %v", n, err)
				}
				within(t, name, time.Since(start), timeout)
			}
			start := time.Now()
			c.SetReadDeadline(start.Add(timeout / 2))
			if n, err := read(c); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%d, %v", n, err)
			}
			within(t, "with a deadline", time.Since(start), timeout/2)
			c.SetReadDeadline(time.Time{})
			still := begin(func() (int, error) { return server.Recv(make([]byte, 1), 0) })
			still.blocks(t)
			select {
			case o := <-still.done:
				t.Errorf("a Read of the Conn has the timeout: %v", o.err)
			case <-time.After(2 * timeout):
			}
			server.SetReadDeadline(past)
			still.ends(t, 0, os.ErrDeadlineExceeded)
		})
	}
	data := ascii(8 << 20)
	for name, write := range map[string]func(*streamsock.TimeoutConn) (int64, error){
		"Write":       func(c *streamsock.TimeoutConn) (int64, error) { return wide(c.Write(data)) },
		"Writev":      func(c *streamsock.TimeoutConn) (int64, error) { return c.Writev([][]byte{data[:9], data[9:]}) },
		"net.Buffers": func(c *streamsock.TimeoutConn) (int64, error) { return (&net.Buffers{data[:9], data[9:]}).WriteTo(c) },
		"ReadFrom":    func(c *streamsock.TimeoutConn) (int64, error) { return c.ReadFrom(onlyRead{bytes.NewReader(data)}) },
		"io.Copy of a file": func(c *streamsock.TimeoutConn) (int64, error) {
			return io.Copy(c, fileOf(t, data))
		},
		"io.Copy of a Conn": func(c *streamsock.TimeoutConn) (int64, error) {
			feeder, src := pair(t, "tcp4")
			feed(feeder, data)
			return io.Copy(c, src)
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := tightPair(t)
			c := client.WithTimeouts(0, timeout)
			for range 2 {
				start := time.Now()
				if n, err := write(c); n >= int64(len(data)) || !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("%d, %v", n, err)
				}
				within(t, name, time.Since(start), timeout)
			}
		})
	}
}

type onlyRead struct{ io.Reader }

// TestTimeoutsRoll has a peer that is slow but gets on: everything takes much
// longer than the timeout, and nothing times out.
func TestTimeoutsRoll(t *testing.T) {
	const timeout, pause, parts = 2 * time.Second, 250 * time.Millisecond, 12
	part := ascii(1000)
	for name, receive := range map[string]func(*streamsock.TimeoutConn) (int64, error){
		"Read":    func(c *streamsock.TimeoutConn) (int64, error) { return io.Copy(io.Discard, onlyRead{c}) },
		"WriteTo": func(c *streamsock.TimeoutConn) (int64, error) { return c.WriteTo(io.Discard) },
		"splice":  func(c *streamsock.TimeoutConn) (int64, error) { return io.Copy(temporary(t), c) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := pair(t, "tcp4")
			go func() {
				for range parts {
					client.Write(part)
					time.Sleep(pause)
				}
				client.CloseWrite()
			}()
			start := time.Now()
			n, err := receive(server.WithTimeouts(timeout, 0))
			if n != parts*int64(len(part)) || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			if took := time.Since(start); took < timeout {
				t.Errorf("it took %v, and says nothing", took)
			}
		})
	}
	data := ascii(2 << 20)
	for name, send := range map[string]func(*streamsock.TimeoutConn) (int64, error){
		"sendfile": func(c *streamsock.TimeoutConn) (int64, error) { return io.Copy(c, fileOf(t, data)) },
		"splice": func(c *streamsock.TimeoutConn) (int64, error) {
			feeder, src := pair(t, "tcp4")
			feed(feeder, data)
			return io.Copy(c, src)
		},
	} {
		t.Run(name+" out", func(t *testing.T) {
			t.Parallel()
			client, server := pair(t, "tcp4")
			if err := errors.Join(client.SetWriteBuffer(32<<10), server.SetReadBuffer(32<<10)); err != nil {
				t.Fatal(err)
			}
			received := begin(func() (n int, err error) {
				p := make([]byte, len(data)/8)
				for err == nil {
					var k int
					k, err = io.ReadFull(server, p)
					n += k
					time.Sleep(pause)
				}
				return n, err
			})
			start := time.Now()
			n, err := send(client.WithTimeouts(0, timeout))
			if n != int64(len(data)) || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			took := time.Since(start)
			client.CloseWrite()
			received.ends(t, len(data), io.EOF)
			t.Logf("it took %v", took)
		})
	}
}

// TestContext holds what a context does to a Read, a Peek and a Write.
func TestContext(t *testing.T) {
	client, server := tightPair(t)
	ctx, cancel := context.WithCancel(t.Context())
	p := make([]byte, 10)
	read := begin(func() (int, error) { return server.ReadContext(ctx, p) })
	read.blocks(t)
	peek := begin(func() (int, error) { return server.PeekContext(ctx, make([]byte, 10)) })
	peek.blocks(t)
	other := begin(func() (int, error) { return server.Recv(make([]byte, 1), 0) })
	other.blocks(t)
	cancel()
	read.ends(t, 0, context.Canceled)
	peek.ends(t, 0, context.Canceled)
	client.Write([]byte("!"))
	other.ends(t, 1, nil) // it was not disturbed

	if n, err := server.ReadContext(ctx, p); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v", n, err)
	}
	ctx = t.Context()
	read = begin(func() (int, error) { return server.ReadContext(ctx, p) })
	read.blocks(t)
	client.Write([]byte("abc"))
	read.ends(t, 3, nil)
	put(t, client, server, []byte("def"))
	if n, err := server.PeekContext(ctx, p); err != nil || string(p[:n]) != "def" {
		t.Errorf("%q, %v", p[:n], err)
	}
	if n, err := server.ReadContext(ctx, p); err != nil || string(p[:n]) != "def" {
		t.Errorf("%q, %v", p[:n], err)
	}
	server.SetReadDeadline(past)
	client.Write([]byte("ghi"))
	if n, err := server.ReadContext(ctx, p); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d, %v", n, err)
	}
	server.SetReadDeadline(time.Time{})
	take(t, server, []byte("ghi"))

	data := ascii(8 << 20)
	client.SetWriteDeadline(time.Now().Add(time.Hour))
	var n int64
	for range 2 {
		ctx, cancel = context.WithCancel(t.Context())
		write := begin(func() (int, error) { return client.WriteContext(ctx, data[n:]) })
		write.blocks(t)
		cancel()
		k, err := write.end(t)
		if !errors.Is(err, context.Canceled) || n+k >= int64(len(data)) {
			t.Errorf("%d, %v", n, err)
		}
		n += k
		if k, err := client.WriteContext(ctx, data[n:]); k != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d, %v", k, err)
		}
	}
	rest := begin(func() (int, error) { return client.Write(data[n:]) })
	rest.blocks(t) // the deadline of an hour counts again
	take(t, server, data)
	rest.ends(t, len(data)-int(n), nil)
	client.CloseWrite()
	if n, err := server.ReadContext(t.Context(), p); n != 0 || err != io.EOF {
		t.Errorf("%d, %v", n, err)
	}
}

// TestRelay puts a relay between two connections.
func TestRelay(t *testing.T) {
	type relayed struct {
		client, server *streamsock.Conn // the peers
		a, b           *streamsock.Conn // of the relay
		done           *call
		stats          streamsock.RelayStats
	}
	start := func(t *testing.T, ctx context.Context, relayer streamsock.Relayer) *relayed {
		r := new(relayed)
		r.client, r.a = msgPair(t)
		r.server, r.b = msgPair(t)
		r.done = begin(func() (int, error) {
			var err error
			r.stats, err = relayer.Relay(ctx, r.a, r.b)
			return 0, err
		})
		return r
	}
	closed := func(t *testing.T, r *relayed) {
		t.Helper()
		for _, c := range []*streamsock.Conn{r.a, r.b} {
			if _, err := c.Write([]byte("a")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the relay leaves a connection open: %v", err)
			}
		}
	}

	t.Run("both ways", func(t *testing.T) {
		r := start(t, t.Context(), streamsock.Relayer{})
		there, back := ascii(3<<20), ascii(1<<20)
		sent := begin(func() (int, error) {
			n, err := r.client.Write(there)
			return n, errors.Join(err, r.client.CloseWrite())
		})
		takeRest(t, r.server, there) // and the end, while the other way is open
		sent.ends(t, len(there), nil)
		sent = begin(func() (int, error) {
			n, err := r.server.Write(back)
			return n, errors.Join(err, r.server.Close())
		})
		takeRest(t, r.client, back)
		sent.ends(t, len(back), nil)
		r.done.ends(t, 0, nil)
		if r.stats.AToB != int64(len(there)) || r.stats.BToA != int64(len(back)) {
			t.Errorf("%+v", r.stats)
		}
		closed(t, r)
	})
	t.Run("urgent", func(t *testing.T) {
		r := start(t, t.Context(), streamsock.Relayer{})
		for range 100 {
			r.client.Sendmsg([][]byte{[]byte("ab!")}, streamsock.OOB)
			r.client.Write([]byte("cd"))
			take(t, r.server, []byte("abcd"))
		}
		r.client.Close()
		r.server.Close()
		r.done.ends(t, 0, nil)
	})
	t.Run("cancel", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := start(t, ctx, streamsock.Relayer{})
		r.client.Write([]byte("abc"))
		take(t, r.server, []byte("abc"))
		cancel()
		r.done.ends(t, 0, context.Canceled)
		if r.stats.AToB != 3 {
			t.Errorf("%+v", r.stats)
		}
		closed(t, r)
		takeRest(t, r.server, nil)
	})
	t.Run("idle", func(t *testing.T) {
		const timeout = 400 * time.Millisecond
		begin := time.Now()
		r := start(t, t.Context(), streamsock.Relayer{IdleTimeout: timeout})
		for range 4 {
			time.Sleep(timeout / 4)
			r.client.Write([]byte("abc"))
			take(t, r.server, []byte("abc"))
		}
		r.done.ends(t, 0, streamsock.ErrIdle)
		within(t, "the relay", time.Since(begin), 2*timeout)
		closed(t, r)
		if !errors.Is(streamsock.ErrIdle, os.ErrDeadlineExceeded) {
			t.Error("ErrIdle is no timeout")
		}
	})
	for _, reset := range []bool{false, true} {
		name := "reset, closes"
		if reset {
			name = "reset, resets"
		}
		t.Run(name, func(t *testing.T) {
			r := start(t, t.Context(), streamsock.Relayer{Reset: reset})
			r.client.Write([]byte("abc"))
			take(t, r.server, []byte("abc"))
			if onWine { // who does not wait at the reset may not be told of it
				until(t, "the relay waits", relayWaits)
			}
			abortConn(r.client.TCPConn)
			if _, err := r.done.end(t); err == nil {
				t.Error("a reset is no error")
			}
			_, err := promptly(t, func() (int, error) { return r.server.Recv(make([]byte, 1), 0) })
			if reset && (err == nil || err == io.EOF && !onWine) || !reset && err != io.EOF {
				t.Errorf("the other peer gets %v", err)
			}
			closed(t, r)
		})
	}
	t.Run("closed", func(t *testing.T) {
		r := start(t, t.Context(), streamsock.Relayer{})
		r.a.Close()
		r.done.ends(t, 0, net.ErrClosed)
		closed(t, r)
	})
}

// relayWaits reports whether a relay waits in both directions.
func relayWaits() bool {
	b := make([]byte, 1<<20)
	waits := 0
	for stack := range strings.SplitSeq(string(b[:runtime.Stack(b, true)]), "\n\n") {
		if strings.Contains(stack, "[IO wait") && strings.Contains(stack, "/streamsock.pump(") {
			waits++
		}
	}
	return waits == 2
}

// feed writes data and closes w. What goes wrong is seen at the other end.
func feed(w io.WriteCloser, data []byte) {
	go func() {
		w.Write(data)
		w.Close()
	}()
}

func temporary(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// fileOf returns a file with the data, at its beginning.
func fileOf(t *testing.T, data []byte) *os.File {
	t.Helper()
	f := temporary(t)
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return f
}
