// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestTimeoutOfAnother has an operation wait until another one is over, which times
// out or whose context ends. It must not fail by that timeout.
func TestTimeoutOfAnother(t *testing.T) {
	processors(t, 8)
	for name, read := range map[string]func(c *streamsock.Conn, p []byte) (int, error){
		"TimeoutConn": func(c *streamsock.Conn, p []byte) (int, error) { return c.WithTimeouts(time.Hour, 0).Read(p) },
		"Read":        func(c *streamsock.Conn, p []byte) (int, error) { return c.Read(p) },
		"ReadContext": func(c *streamsock.Conn, p []byte) (int, error) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			return c.ReadContext(ctx, p)
		},
		"CopyN": func(c *streamsock.Conn, p []byte) (int, error) {
			n, err := streamsock.CopyN(io.Discard, c.WithTimeouts(time.Hour, 0), 1)
			return int(n), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			end := time.Now().Add(700 * time.Millisecond)
			var all sync.WaitGroup
			for range 8 {
				client, server := msgPair(t)
				if err := server.SetDeadline(time.Time{}); err != nil { // not that of before Wrap
					t.Fatal(err)
				}
				all.Go(func() {
					for time.Now().Before(end) && !t.Failed() {
						readBesideShort(t, client, server, read, func(p []byte) {
							server.WithTimeouts(20*time.Microsecond, 0).Read(p)
						})
						readBesideShort(t, client, server, read, func(p []byte) {
							ctx, cancel := context.WithTimeout(t.Context(), 20*time.Microsecond)
							defer cancel()
							server.ReadContext(ctx, p)
						})
					}
				})
			}
			all.Wait()
		})
	}
}

// readBesideShort reads a byte while another read that times out may be waiting.
func readBesideShort(t *testing.T, client, server *streamsock.Conn,
	read func(*streamsock.Conn, []byte) (int, error), short func(p []byte)) {
	var both sync.WaitGroup
	both.Go(func() { short(make([]byte, 1)) })
	both.Go(func() {
		if _, err := read(server, make([]byte, 1)); err != nil {
			t.Errorf("beside one that times out: %v", err)
		}
	})
	ended := make(chan struct{})
	go func() {
		both.Wait()
		close(ended)
	}()
	for wait := 100 * time.Microsecond; ; wait = 5 * time.Millisecond {
		select {
		case <-ended:
			return
		case <-time.After(wait):
			client.Write([]byte("a")) // a second one if the short Read got the first
		}
	}
}

// TestWrapTimeouts checks that a deadline that package net had before Wrap, and
// Close of the TCPConn, end what a TimeoutConn and a context limit.
func TestWrapTimeouts(t *testing.T) {
	data := ascii(8 << 20)
	operations := map[string]func(c *streamsock.Conn) (int, error){
		"Read": func(c *streamsock.Conn) (int, error) { return c.WithTimeouts(time.Hour, 0).Read(make([]byte, 1)) },
		"WriteTo": func(c *streamsock.Conn) (int, error) {
			n, err := c.WithTimeouts(time.Hour, 0).WriteTo(io.Discard)
			return int(n), err
		},
		"Write":        func(c *streamsock.Conn) (int, error) { return c.WithTimeouts(0, time.Hour).Write(data) },
		"WriteContext": func(c *streamsock.Conn) (int, error) { return c.WriteContext(t.Context(), data) },
	}
	for name, operation := range operations {
		t.Run(name+" deadline", func(t *testing.T) {
			nc, _ := testnet.Pair(t, "tcp4")
			if err := nc.SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			c := wrap(t, nc)
			n, err := promptly(t, func() (int, error) { return operation(c) })
			if n == int64(len(data)) || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%d, %v", n, err)
			}
		})
		t.Run(name+" Close", func(t *testing.T) {
			nc, _ := testnet.Pair(t, "tcp4")
			c := wrap(t, nc)
			waiting := begin(func() (int, error) { return operation(c) })
			waiting.blocks(t)
			nc.Close()
			if n, err := waiting.end(t); n == int64(len(data)) || !errors.Is(err, net.ErrClosed) {
				t.Errorf("%d, %v", n, err)
			}
		})
	}
	t.Run("kept", func(t *testing.T) {
		nc, _ := testnet.Pair(t, "tcp4")
		start := time.Now()
		if err := nc.SetReadDeadline(start.Add(200 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		c := wrap(t, nc)
		for err := error(nil); time.Since(start) < 100*time.Millisecond; {
			if _, err = c.WithTimeouts(20*time.Millisecond, 0).Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal(err)
			}
		}
		if _, err := promptly(t, func() (int, error) { return nc.Read(make([]byte, 1)) }); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		if took := time.Since(start); took < 200*time.Millisecond {
			t.Errorf("the deadline is over after %v", took)
		}
	})
}

// TestRecordsStayWhole has several goroutines write records, by all methods that
// write, to a peer that is slow. Each record must arrive in one piece.
func TestRecordsStayWhole(t *testing.T) {
	const size, count = 300_000, 20
	for _, wrapped := range []bool{true, false} {
		name := "dialed"
		if wrapped {
			name = "wrapped"
		}
		t.Run(name, func(t *testing.T) {
			client, server := tightPair(t)
			if !wrapped { // as after Dial, package net has no deadline of before
				if err := client.SetDeadline(time.Time{}); err != nil {
					t.Fatal(err)
				}
			}
			tc := client.WithTimeouts(0, time.Hour)
			var writing sync.WaitGroup
			for i, write := range []func(p []byte) error{
				func(p []byte) error { _, err := client.Write(p); return err },
				func(p []byte) error { _, err := client.Writev(inThree(p)); return err },
				func(p []byte) error { _, err := client.WriteContext(t.Context(), p); return err },
				func(p []byte) error { _, err := tc.Write(p); return err },
				func(p []byte) error { _, err := tc.Writev(inThree(p)); return err },
				func(p []byte) error { bufs := net.Buffers(inThree(p)); _, err := bufs.WriteTo(client); return err },
			} {
				record := make([]byte, size)
				for j := range record {
					record[j] = byte(i)
				}
				writing.Go(func() {
					for range count {
						if err := write(record); err != nil {
							t.Errorf("writer %d: %v", i, err)
							return
						}
					}
				})
			}
			ended := begin(func() (int, error) { writing.Wait(); return 0, client.CloseWrite() })
			torn := false
			for record := make([]byte, size); ; {
				time.Sleep(100 * time.Microsecond)
				_, err := io.ReadFull(server, record)
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, b := range record {
					torn = torn || b != record[0]
				}
			}
			if torn {
				t.Error("a record is torn")
			}
			ended.ends(t, 0, nil)
		})
	}
}

// TestWriteContextQueued checks that a context ends a WriteContext that waits
// until another goroutine's write is over, and leaves that alone.
func TestWriteContextQueued(t *testing.T) {
	data := ascii(8 << 20)
	for name, write := range map[string]func(c *streamsock.Conn) (int, error){
		"Write":        func(c *streamsock.Conn) (int, error) { return c.Write(data) },
		"TimeoutConn":  func(c *streamsock.Conn) (int, error) { return c.WithTimeouts(0, time.Hour).Write(data) },
		"WriteContext": func(c *streamsock.Conn) (int, error) { return c.WriteContext(t.Context(), data) },
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tightPair(t)
			first := begin(func() (int, error) { return write(client) })
			first.blocks(t)
			ctx, cancel := context.WithCancel(t.Context())
			second := begin(func() (int, error) { return client.WriteContext(ctx, data[:1]) })
			second.blocks(t)
			cancel()
			second.ends(t, 0, context.Canceled)
			first.blocks(t)
			take(t, server, data)
			first.ends(t, len(data), nil)
		})
	}
}

// TestNothingDoesNotWait checks that a call that must not wait and moves no
// byte does not wait until another goroutine's is over.
func TestNothingDoesNotWait(t *testing.T) {
	client, server := tightPair(t)
	reading := begin(func() (int, error) { return server.Recv(make([]byte, 1), 0) })
	reading.blocks(t)
	writing := begin(func() (int, error) { return client.Send(ascii(8<<20), 0) })
	reading.ends(t, 1, nil)
	reading = begin(func() (int, error) { return client.Recv(make([]byte, 1), 0) })
	reading.blocks(t)
	writing.blocks(t)
	for name, call := range map[string]func() (int, error){
		"TryRead":     func() (int, error) { return client.TryRead(nil) },
		"TryWrite":    func() (int, error) { return client.TryWrite(nil) },
		"Recv OOB":    func() (int, error) { return client.Recv(nil, streamsock.OOB) },
		"Recvmsg":     func() (int, error) { return client.Recvmsg([][]byte{nil, {}}, streamsock.DontWait) },
		"ReadContext": func() (int, error) { return client.ReadContext(t.Context(), nil) },
		"PeekContext": func() (int, error) { return client.PeekContext(t.Context(), nil) },
	} {
		if n, err := promptly(t, call); n != 0 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	client.Close()
	reading.ends(t, 0, net.ErrClosed)
	writing.end(t)
	if _, err := client.TryRead(nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("TryRead of a closed connection: %v", err)
	}
}

// TestWaitParksAgain wakes a Wait many times by something other than what it
// waits for, a message in the error queue. After that is over, the Wait must
// not use the processor.
func TestWaitParksAgain(t *testing.T) {
	const waiters = 1000
	client, server := msgPair(t)
	timestamps := sockopt.New("SO_TIMESTAMPING", syscall.SOL_SOCKET, 37, sockopt.Uint32Codec())
	if err := timestamps.Set(client, 1<<1|1<<4); err != nil { // SOF_TIMESTAMPING_TX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE
		t.Skip(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var ended atomic.Int32
	for range waiters {
		all.Go(func() {
			client.Wait(ctx, readable)
			ended.Add(1)
		})
	}
	put(t, client, server, []byte("a"))
	time.Sleep(200 * time.Millisecond) // for the waiters to look several times
	drainErrorQueue(t, client)
	time.Sleep(50 * time.Millisecond)
	const most = 50 * time.Millisecond // looks every 10 milliseconds take more than 100
	used := most
	for range 5 { // other goroutines may have been busy
		if used = busy(t, 500*time.Millisecond); used < most {
			break
		}
	}
	if ended.Load() != 0 {
		t.Errorf("%d waits have ended", ended.Load())
	}
	if used >= most {
		t.Errorf("%d waits take %v of the processor's time in half a second", waiters, used)
	}
	cancel()
	all.Wait()
}

// drainErrorQueue receives the messages of the error queue.
func drainErrorQueue(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	rc, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	messages := 0
	err = rc.Control(func(fd uintptr) {
		for err := error(nil); err == nil; messages++ {
			_, _, _, _, err = syscall.Recvmsg(int(fd), make([]byte, 100), make([]byte, 1000), syscall.MSG_ERRQUEUE)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if messages < 2 {
		t.Skip("no timestamp has arrived")
	}
}

// busy returns the processor time of the process in a period.
func busy(t *testing.T, d time.Duration) time.Duration {
	t.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	time.Sleep(d)
	return used() - before
}

// TestWaitLeavesReset looks at a connection again and again that is at the
// out-of-band mark, with a receive buffer so small that poll(2) takes it for
// readable. When the peer resets it, that must remain for the next read: to peek
// would take the error away, and the read would return the end of the stream.
func TestWaitLeavesReset(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	var all sync.WaitGroup
	for range 4 {
		var ours, peers []*streamsock.Conn
		for range 8 {
			c, err := streamsock.Dial("tcp4", l.Addr().String(), sockopt.ReadBuffer.To(1))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			peer, err := l.AcceptStream()
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			ours, peers = append(ours, c), append(peers, peer)
		}
		for i, c := range ours {
			all.Go(func() {
				if err := resetAtMark(over, c, peers[i]); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("the read after a reset: %v", err)
				}
			})
		}
		all.Wait()
	}
}

// resetAtMark has the peer reset c at the mark, and returns the error of a read.
func resetAtMark(over context.Context, c, peer *streamsock.Conn) error {
	p := make([]byte, 600)
	peer.Write(p)
	if _, err := io.ReadFull(c, p); err != nil {
		return err
	}
	peer.SendUrgent('!')
	if err := c.WaitUrgent(context.Background()); err != nil {
		return err
	}
	looking := make(chan struct{})
	go func() {
		defer close(looking)
		for l := streamsock.Idle; l != streamsock.Closed; l, _ = c.Check() {
			c.Wait(over, readable)
		}
	}()
	time.Sleep(50 * time.Microsecond) // for it to look
	peer.Abort()
	<-looking
	_, err := c.Recv(p, 0)
	return err
}

// TestPollSetNil checks that a nil Conn is not a member.
func TestPollSetNil(t *testing.T) {
	s := newPollSet(t)
	s.Remove(nil)
	if err := s.Add(nil, readable); !errors.Is(err, syscall.EINVAL) || s.Has(nil) || s.Len() != 0 {
		t.Errorf("%v, %v, %d", err, s.Has(nil), s.Len())
	}
}
