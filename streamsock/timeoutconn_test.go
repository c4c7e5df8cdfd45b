// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// connKinds are the ways to get a Conn. After Wrap, package net may have a
// deadline that the Conn does not know, and the operations of a TimeoutConn wait
// outside of package net's poller.
var connKinds = []struct {
	name   string
	pair   func(t testing.TB) (client, server *streamsock.Conn)
	narrow func(t testing.TB) (client, server *streamsock.Conn) // like narrowPair
}{
	{"dialed", dialedPair, narrowPair},
	{
		"wrapped",
		func(t testing.TB) (client, server *streamsock.Conn) { return rewrap(t, dialedPair) },
		func(t testing.TB) (client, server *streamsock.Conn) { return rewrap(t, narrowPair) },
	},
}

func rewrap(t testing.TB, pair func(t testing.TB) (client, server *streamsock.Conn)) (client, server *streamsock.Conn) {
	t.Helper()
	client, server = pair(t)
	return wrap(t, client.TCPConn), wrap(t, server.TCPConn)
}

// dialedPair returns the ends of a connection that were dialed and accepted, not
// wrapped.
func dialedPair(t testing.TB) (client, server *streamsock.Conn) { return pairWith(t, nil, nil) }

// narrowPair is dialedPair with small buffers from client to server. They are set
// before the handshake: a window that shrinks later delays data by TCP's timers.
func narrowPair(t testing.TB) (client, server *streamsock.Conn) {
	return pairWith(t,
		[]sockopt.Setting{sockopt.WriteBuffer.To(8 << 10)},
		[]sockopt.Setting{sockopt.ReadBuffer.To(16 << 10)})
}

func pairWith(t testing.TB, dialing, listening []sockopt.Setting) (client, server *streamsock.Conn) {
	t.Helper()
	if !sys.HasMsg {
		t.Skip("the system has no recvmsg")
	}
	l, err := streamsock.Listen("tcp4", testnet.Loopback(t, "tcp4"), listening...)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = streamsock.Dial("tcp4", l.Addr().String(), dialing...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if server, err = l.AcceptStream(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return client, server
}

// atSomePace calls f with a unit of time, and again with a longer one if f fails:
// on a loaded machine, goroutines may be delayed by more than a short unit. What
// is wrong fails at every pace.
func atSomePace(t *testing.T, f func(unit time.Duration) error) {
	t.Helper()
	var err error
	for _, unit := range []time.Duration{15 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond} {
		if err = f(unit); err == nil {
			return
		}
		t.Logf("with a unit of %v: %v", unit, err)
	}
	t.Error(err)
}

// A copySource is the source of a copy and the end that feeds it.
type copySource struct {
	name string
	open func(t *testing.T) (r io.Reader, w io.WriteCloser)
}

var copySources = []copySource{
	{"a Conn", func(t *testing.T) (io.Reader, io.WriteCloser) {
		w, r := pair(t, "tcp4")
		if err := r.SetReadBuffer(1 << 20); err != nil {
			t.Fatal(err)
		}
		return r, w
	}},
	{"a TCPConn", func(t *testing.T) (io.Reader, io.WriteCloser) {
		w, r := testnet.Pair(t, "tcp4")
		return r, w
	}},
	{"a TimeoutConn", func(t *testing.T) (io.Reader, io.WriteCloser) {
		w, r := dialedPair(t)
		return r.WithTimeouts(time.Hour, time.Nanosecond), w
	}},
	{"a UnixConn", func(t *testing.T) (io.Reader, io.WriteCloser) {
		w, r := unixStream(t)
		return r, w
	}},
	{"an os.File pipe", func(t *testing.T) (io.Reader, io.WriteCloser) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close(); w.Close() })
		return r, w
	}},
	{"an io.Reader", func(t *testing.T) (io.Reader, io.WriteCloser) {
		r, w := io.Pipe()
		t.Cleanup(func() { r.Close(); w.Close() })
		return r, w
	}},
}

// unixStream is unixPair where there are Unix sockets.
func unixStream(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket"))
	if err != nil {
		t.Skip(err)
	}
	l.Close()
	return unixPair(t)
}

// copyTos copy n bytes from r to a TimeoutConn.
var copyTos = []struct {
	name string
	copy func(c *streamsock.TimeoutConn, r io.Reader, n int64) (int64, error)
}{
	{"ReadFrom", func(c *streamsock.TimeoutConn, r io.Reader, _ int64) (int64, error) { return c.ReadFrom(r) }},
	{"io.Copy of", func(c *streamsock.TimeoutConn, r io.Reader, _ int64) (int64, error) { return io.Copy(c, r) }},
	{"io.CopyN of", func(c *streamsock.TimeoutConn, r io.Reader, n int64) (int64, error) { return io.CopyN(c, r, n) }},
	{"streamsock.CopyN of", func(c *streamsock.TimeoutConn, r io.Reader, n int64) (int64, error) {
		return streamsock.CopyN(c, r, n)
	}},
}

// A timedWrite writes data to a TimeoutConn in some way.
type timedWrite struct {
	name  string
	write func(t *testing.T, c *streamsock.TimeoutConn, data []byte) (int64, error)
}

func timedWrites() []timedWrite {
	writes := []timedWrite{
		{"Write", func(t *testing.T, c *streamsock.TimeoutConn, data []byte) (int64, error) { return wide(c.Write(data)) }},
		{"Writev", func(t *testing.T, c *streamsock.TimeoutConn, data []byte) (int64, error) {
			return c.Writev(inThree(data))
		}},
		{"net.Buffers", func(t *testing.T, c *streamsock.TimeoutConn, data []byte) (int64, error) {
			bufs := net.Buffers(inThree(data))
			return bufs.WriteTo(c)
		}},
	}
	for _, way := range copyTos {
		for _, source := range copySources {
			writes = append(writes, timedWrite{way.name + " " + source.name, func(t *testing.T, c *streamsock.TimeoutConn, data []byte) (int64, error) {
				r, w := source.open(t)
				feed(w, data)
				if conn, ok := r.(*streamsock.Conn); ok { // a long part in one call
					until(t, "some of the data arrives", func() bool {
						n, err := conn.Available()
						return n >= min(len(data), 128<<10) || err != nil
					})
				}
				return way.copy(c, r, int64(len(data)))
			}})
		}
		writes = append(writes, timedWrite{way.name + " a file", func(t *testing.T, c *streamsock.TimeoutConn, data []byte) (int64, error) {
			return way.copy(c, fileOf(t, data), int64(len(data)))
		}})
	}
	return writes
}

// TestTimeoutConnSlowPeer writes to a peer that takes a part occasionally. All
// together that takes longer than the timeout.
func TestTimeoutConnSlowPeer(t *testing.T) {
	data := ascii(200 << 10)
	if onWine { // which has receive buffers of at least 64 KiB
		data = ascii(400 << 10)
	}
	for _, kind := range connKinds {
		for _, w := range timedWrites() {
			t.Run(kind.name+"/"+w.name, func(t *testing.T) {
				t.Parallel()
				atSomePace(t, func(unit time.Duration) error {
					timeout := 4 * unit
					c, peer := kind.narrow(t)
					received := begin(func() (n int, err error) {
						p := make([]byte, 64<<10) // more than is available; a rest would delay the sender
						for {
							time.Sleep(unit)
							k, err := peer.Recv(p, 0)
							if err == io.EOF {
								return n, nil
							} else if err != nil || !bytes.Equal(p[:k], data[n:n+k]) {
								return n, fmt.Errorf("the data differs, or %w", err)
							}
							n += k
						}
					})
					start := time.Now()
					n, err := w.write(t, c.WithTimeouts(time.Nanosecond, timeout), data)
					took := time.Since(start)
					c.CloseWrite()
					received.ends(t, int(n), nil)
					if n != int64(len(data)) || err != nil {
						return fmt.Errorf("%d of %d, %w", n, len(data), err)
					}
					if took < timeout {
						t.Errorf("it took %v, which shows nothing about a timeout of %v", took, timeout)
					}
					return nil
				})
			})
		}
	}
}

// TestTimeoutConnStalledPeer writes to a peer that takes nothing. What was
// written before the timeout is counted, and later operations are not affected.
func TestTimeoutConnStalledPeer(t *testing.T) {
	const timeout = 30 * time.Millisecond
	data := ascii(1 << 20)
	for _, kind := range connKinds {
		for _, w := range timedWrites() {
			t.Run(kind.name+"/"+w.name, func(t *testing.T) {
				t.Parallel()
				c, peer := kind.narrow(t)
				start := time.Now()
				n, err := w.write(t, c.WithTimeouts(time.Nanosecond, timeout), data)
				within(t, w.name, time.Since(start), timeout)
				isTimeout(t, err)
				if n <= 0 || n >= int64(len(data)) {
					t.Fatalf("%d bytes of %d", n, len(data))
				}
				rest := begin(func() (int, error) { return c.Write(data[n:]) }) // without a timeout
				rest.blocks(t)
				time.Sleep(2 * timeout)
				take(t, peer, data)
				rest.ends(t, len(data)-int(n), nil)
			})
		}
	}
}

// TestTimeoutConnSilentSource copies to a TimeoutConn from sources that are
// silent for longer than its timeout. Other calls are not affected meanwhile.
func TestTimeoutConnSilentSource(t *testing.T) {
	const timeout = 20 * time.Millisecond
	for _, kind := range connKinds {
		for _, way := range copyTos {
			for _, source := range copySources {
				t.Run(kind.name+"/"+way.name+" "+source.name, func(t *testing.T) {
					t.Parallel()
					c, peer := kind.pair(t)
					tc := c.WithTimeouts(time.Nanosecond, timeout)
					r, w := source.open(t)
					copying := begin(func() (int64, error) { return way.copy(tc, r, 6) })
					var sent []byte
					for _, s := range []string{"one", "two"} {
						copying.blocks(t)
						time.Sleep(3 * timeout)
						others := 0
						for what, write := range map[string]func([]byte) (int, error){
							"Conn.Write":        c.Write,
							"Conn.Send":         func(p []byte) (int, error) { return c.Send(p, 0) },
							"TimeoutConn.Write": tc.Write,
						} {
							if n, err := write([]byte("!")); n != 1 || err != nil {
								t.Errorf("%s during the copy: %d, %v", what, n, err)
							}
							others++
						}
						take(t, peer, bytes.Repeat([]byte("!"), others))
						if n, err := w.Write([]byte(s)); n != 3 || err != nil {
							t.Fatal(n, err)
						}
						take(t, peer, []byte(s))
						sent = append(sent, s...)
					}
					w.Close()
					copying.ends(t, len(sent), nil)
					if n, err := c.Write([]byte("!")); n != 1 || err != nil {
						t.Errorf("Write after the copy: %d, %v", n, err)
					}
				})
			}
		}
	}
}

// copyFroms copy n bytes from a TimeoutConn to w.
var copyFroms = []struct {
	name string
	copy func(w io.Writer, c *streamsock.TimeoutConn, n int64) (int64, error)
}{
	{"WriteTo", func(w io.Writer, c *streamsock.TimeoutConn, _ int64) (int64, error) { return c.WriteTo(w) }},
	{"io.Copy to", func(w io.Writer, c *streamsock.TimeoutConn, _ int64) (int64, error) { return io.Copy(w, c) }},
	{"io.CopyN to", func(w io.Writer, c *streamsock.TimeoutConn, n int64) (int64, error) { return io.CopyN(w, c, n) }},
	{"streamsock.CopyN to", func(w io.Writer, c *streamsock.TimeoutConn, n int64) (int64, error) {
		return streamsock.CopyN(w, c, n)
	}},
}

// A copyTarget is the destination of a copy and the end where the data arrives.
type copyTarget struct {
	name string
	open func(t *testing.T) (w io.WriteCloser, r io.Reader)
}

var copyTargets = []copyTarget{
	{"a Conn", func(t *testing.T) (io.WriteCloser, io.Reader) {
		w, r := narrowPair(t)
		return w, r
	}},
	{"a TCPConn", func(t *testing.T) (io.WriteCloser, io.Reader) {
		w, r := narrowPair(t)
		return w.TCPConn, r
	}},
	{"a TimeoutConn", func(t *testing.T) (io.WriteCloser, io.Reader) {
		w, r := narrowPair(t)
		return w.WithTimeouts(time.Nanosecond, time.Hour), r
	}},
	{"a UnixConn", func(t *testing.T) (io.WriteCloser, io.Reader) {
		w, r := unixStream(t)
		return w, r
	}},
	{"an os.File pipe", func(t *testing.T) (io.WriteCloser, io.Reader) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close(); w.Close() })
		return w, r
	}},
	{"an io.Writer", func(t *testing.T) (io.WriteCloser, io.Reader) {
		r, w := io.Pipe()
		t.Cleanup(func() { r.Close(); w.Close() })
		return w, r
	}},
}

// TestTimeoutConnSlowTarget copies from a TimeoutConn to where there is no room
// for longer than its timeout.
func TestTimeoutConnSlowTarget(t *testing.T) {
	data := ascii(2 << 20)
	for _, kind := range connKinds {
		for _, way := range copyFroms {
			for _, target := range copyTargets {
				t.Run(kind.name+"/"+way.name+" "+target.name, func(t *testing.T) {
					t.Parallel()
					atSomePace(t, func(unit time.Duration) error {
						peer, c := kind.pair(t)
						w, r := target.open(t)
						feed(peer, data)
						copying := begin(func() (int64, error) {
							n, err := way.copy(w, c.WithTimeouts(2*unit, time.Nanosecond), int64(len(data)))
							w.Close()
							return n, err
						})
						time.Sleep(4 * unit)
						got, err := io.ReadAll(onlyRead{r})
						n, copyErr := copying.end(t)
						if err != nil || !bytes.Equal(got, data[:n]) {
							t.Errorf("%d bytes arrived, want %d, or they differ: %v", len(got), n, err)
						}
						if n != int64(len(data)) || copyErr != nil {
							return fmt.Errorf("%d of %d, %w", n, len(data), copyErr)
						}
						return nil
					})
				})
			}
		}
	}
}

// A timedRead reads from a TimeoutConn until the end. What it has read is in got
// then.
type timedRead struct {
	name string
	read func(t *testing.T, c *streamsock.TimeoutConn, got *bytes.Buffer) (int64, error)
}

func timedReads() []timedRead {
	each := func(read func(c *streamsock.TimeoutConn, p []byte) (int64, error)) func(*testing.T, *streamsock.TimeoutConn, *bytes.Buffer) (int64, error) {
		return func(_ *testing.T, c *streamsock.TimeoutConn, got *bytes.Buffer) (total int64, err error) {
			p := make([]byte, 100)
			for {
				n, err := read(c, p)
				got.Write(p[:n])
				total += n
				if err == io.EOF {
					return total, nil
				} else if err != nil {
					return total, err
				}
			}
		}
	}
	reads := []timedRead{
		{"Read", each(func(c *streamsock.TimeoutConn, p []byte) (int64, error) { return wide(c.Read(p)) })},
		{"Readv", each(func(c *streamsock.TimeoutConn, p []byte) (int64, error) { return c.Readv(inThree(p)) })},
		{"Peek", each(func(c *streamsock.TimeoutConn, p []byte) (int64, error) {
			n, err := c.Peek(p)
			if n > 0 {
				c.NetConn().Read(p[:n])
			}
			return wide(n, err)
		})},
	}
	for _, way := range copyFroms {
		for _, target := range copyTargets {
			reads = append(reads, timedRead{way.name + " " + target.name, func(t *testing.T, c *streamsock.TimeoutConn, got *bytes.Buffer) (int64, error) {
				w, r := target.open(t)
				arrived := arrivalAt(onlyRead{r}, 0)
				n, err := way.copy(w, c, 1<<40)
				if err == io.EOF { // of CopyN
					err = nil
				}
				w.Close()
				awaitCopy(t, arrived.end)
				got.Write(arrived.data)
				return n, err
			}})
		}
		reads = append(reads, timedRead{way.name + " a file", func(t *testing.T, c *streamsock.TimeoutConn, got *bytes.Buffer) (int64, error) {
			f := temporary(t)
			n, err := way.copy(f, c, 1<<40)
			if err == io.EOF {
				err = nil
			}
			f.Seek(0, io.SeekStart)
			got.ReadFrom(f)
			return n, err
		}})
	}
	for _, name := range []string{"Conn", "TimeoutConn"} {
		reads = append(reads, timedRead{name + ".ReadFrom a LimitedReader", func(t *testing.T, c *streamsock.TimeoutConn, got *bytes.Buffer) (int64, error) {
			w, r := pair(t, "tcp4")
			arrived := arrivalAt(onlyRead{r}, 0)
			lr := &io.LimitedReader{R: c, N: 1 << 40}
			var n int64
			var err error
			if name == "Conn" {
				n, err = w.ReadFrom(lr)
			} else {
				n, err = w.WithTimeouts(time.Hour, time.Hour).ReadFrom(lr)
			}
			if lr.N != 1<<40-n {
				t.Errorf("%d left of the limit, after %d bytes", lr.N, n)
			}
			w.Close()
			awaitCopy(t, arrived.end)
			got.Write(arrived.data)
			return n, err
		}})
	}
	return reads
}

// TestTimeoutConnSlowSource reads from a peer that sends a part occasionally.
// All together that takes longer than the timeout.
func TestTimeoutConnSlowSource(t *testing.T) {
	const parts = 10
	part := ascii(1000)
	for _, kind := range connKinds {
		for _, r := range timedReads() {
			t.Run(kind.name+"/"+r.name, func(t *testing.T) {
				t.Parallel()
				atSomePace(t, func(unit time.Duration) error {
					timeout := 4 * unit
					peer, c := kind.pair(t)
					go func() {
						for range parts {
							peer.Write(part)
							time.Sleep(unit)
						}
						peer.CloseWrite()
					}()
					var got bytes.Buffer
					start := time.Now()
					n, err := r.read(t, c.WithTimeouts(timeout, time.Nanosecond), &got)
					took := time.Since(start)
					if int64(got.Len()) != n || !bytes.Equal(got.Bytes(), bytes.Repeat(part, parts)[:n]) {
						t.Errorf("%d bytes arrived, want %d, or they differ", got.Len(), n)
					}
					if n != int64(parts*len(part)) || err != nil {
						return fmt.Errorf("%d, %w", n, err)
					}
					if took < timeout {
						t.Errorf("it took %v, which shows nothing about a timeout of %v", took, timeout)
					}
					return nil
				})
			})
		}
	}
}

// TestTimeoutConnStalledSource reads from a peer that stalls after some bytes.
// It times out again and again, an earlier deadline of the user expires first,
// and a read without a timeout is not affected.
func TestTimeoutConnStalledSource(t *testing.T) {
	const timeout = 30 * time.Millisecond
	data := ascii(1000)
	for _, kind := range connKinds {
		for _, r := range timedReads() {
			t.Run(kind.name+"/"+r.name, func(t *testing.T) {
				t.Parallel()
				peer, c := kind.pair(t)
				put(t, peer, c, data)
				for _, want := range [][]byte{data, nil} {
					var got bytes.Buffer
					start := time.Now()
					n, err := r.read(t, c.WithTimeouts(timeout, time.Nanosecond), &got)
					within(t, r.name, time.Since(start), timeout)
					isTimeout(t, err)
					if n != int64(len(want)) || !bytes.Equal(got.Bytes(), want) {
						t.Errorf("%d bytes were copied and %d arrived, want %d", n, got.Len(), len(want))
					}
				}
				var got bytes.Buffer
				c.SetReadDeadline(time.Now().Add(timeout))
				_, err := r.read(t, c.WithTimeouts(time.Hour, time.Nanosecond), &got)
				isTimeout(t, err)
				c.SetReadDeadline(time.Time{})
				still := begin(func() (int, error) { return c.Recv(make([]byte, 1), 0) })
				still.blocks(t)
				time.Sleep(2 * timeout)
				peer.Write([]byte("a"))
				still.ends(t, 1, nil)
			})
		}
	}
}

// TestTimeoutConnClosed closes connections, also the embedded TCPConn itself,
// while a TimeoutConn waits.
func TestTimeoutConnClosed(t *testing.T) {
	data := ascii(1 << 20)
	for _, kind := range connKinds {
		for closeName, closeConn := range map[string]func(c *streamsock.Conn) error{
			"Conn.Close":        (*streamsock.Conn).Close,
			"TCPConn.Close":     func(c *streamsock.Conn) error { return c.TCPConn.Close() },
			"TimeoutConn.Close": func(c *streamsock.Conn) error { return c.WithTimeouts(0, 0).Close() },
		} {
			for name, op := range map[string]func(t *testing.T, c *streamsock.TimeoutConn) (int64, error){
				"Read":     func(_ *testing.T, c *streamsock.TimeoutConn) (int64, error) { return wide(c.Read(make([]byte, 1))) },
				"WriteTo":  func(_ *testing.T, c *streamsock.TimeoutConn) (int64, error) { return c.WriteTo(temporary(t)) },
				"Write":    func(_ *testing.T, c *streamsock.TimeoutConn) (int64, error) { return wide(c.Write(data)) },
				"ReadFrom": func(t *testing.T, c *streamsock.TimeoutConn) (int64, error) { return c.ReadFrom(fileOf(t, data)) },
				"io.Copy from a Conn": func(t *testing.T, c *streamsock.TimeoutConn) (int64, error) {
					w, r := pair(t, "tcp4")
					feed(w, data)
					return io.Copy(c, r)
				},
			} {
				t.Run(kind.name+"/"+closeName+" during "+name, func(t *testing.T) {
					t.Parallel()
					if closeName == "TCPConn.Close" && runtime.GOOS == "windows" {
						t.Skip("a blocked call is not notified")
					}
					c, _ := kind.narrow(t)
					op := begin(func() (int64, error) { return op(t, c.WithTimeouts(time.Hour, time.Hour)) })
					op.blocks(t)
					if err := closeConn(c); err != nil {
						t.Error(err)
					}
					if _, err := op.end(t); !errors.Is(err, net.ErrClosed) {
						t.Errorf("%v, want net.ErrClosed", err)
					}
				})
			}
		}
	}
}

// TestTimeoutConnTwoReads has two reads of a TimeoutConn. The end of one of them
// does not affect the timeout of the other.
func TestTimeoutConnTwoReads(t *testing.T) {
	const timeout = 100 * time.Millisecond
	for _, kind := range connKinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			peer, c := kind.pair(t)
			tc := c.WithTimeouts(timeout, 0)
			outcomes := make(chan error, 2)
			start := time.Now()
			for range 2 {
				go func() {
					_, err := tc.Read(make([]byte, 1))
					outcomes <- err
				}()
			}
			time.Sleep(timeout / 4)
			peer.Write([]byte("a"))
			timeouts := 0
			for range 2 {
				select {
				case err := <-outcomes:
					if err != nil {
						isTimeout(t, err)
						timeouts++
						within(t, "the read", time.Since(start), timeout)
					}
				case <-time.After(patience):
					c.Close()
					t.Fatal("a read does not time out")
				}
			}
			if timeouts != 1 && time.Since(start) < 2*timeout {
				t.Errorf("%d of 2 reads timed out", timeouts)
			}
		})
	}
}

// TestTimeoutConnTwoWrites has two writes to a stalled peer. The second one waits
// for the first, which does not count, and then for its own time.
func TestTimeoutConnTwoWrites(t *testing.T) {
	const timeout = 100 * time.Millisecond
	data := ascii(1 << 20)
	for _, kind := range connKinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			c, peer := kind.narrow(t)
			tc := c.WithTimeouts(0, timeout)
			start := time.Now()
			write := func() (int, error) { return tc.Write(data) }
			first := begin(write)
			first.blocks(t)
			second := begin(write)
			n, err := first.end(t)
			isTimeout(t, err)
			m, err := second.end(t)
			isTimeout(t, err)
			within(t, "two writes", time.Since(start), 2*timeout)
			c.CloseWrite()
			takeRest(t, peer, append(data[:n:n], data[:m]...))
		})
	}
}

// TestTimeoutConnLeavesNone uses the embedded TCPConn after a read and a write have
// timed out.
func TestTimeoutConnLeavesNone(t *testing.T) {
	const timeout = 20 * time.Millisecond
	for _, kind := range connKinds {
		t.Run(kind.name, func(t *testing.T) {
			c, peer := kind.narrow(t)
			tc := c.WithTimeouts(timeout, timeout)
			_, err := tc.Read(make([]byte, 1))
			isTimeout(t, err)
			peer.Write([]byte("a"))
			if n, err := promptly(t, func() (int, error) { return c.TCPConn.Read(make([]byte, 1)) }); n != 1 || err != nil {
				t.Errorf("Read: %d, %v", n, err)
			}
			data := ascii(1 << 20)
			n, err := tc.Write(data)
			isTimeout(t, err)
			rest := begin(func() (int, error) { return c.TCPConn.Write(data[n:]) })
			take(t, peer, data)
			rest.ends(t, len(data)-n, nil)
		})
	}
}

// TestTimeoutConnInterleave has others write while a Write of a TimeoutConn
// waits. Their data is sent after it.
func TestTimeoutConnInterleave(t *testing.T) {
	data, other := bytes.Repeat([]byte("a"), 1<<20), bytes.Repeat([]byte("b"), 100)
	for _, kind := range connKinds {
		for name, write := range map[string]func(t *testing.T, c *streamsock.Conn) (int64, error){
			"Send":         func(_ *testing.T, c *streamsock.Conn) (int64, error) { return wide(c.Send(other, 0)) },
			"Sendmsg":      func(_ *testing.T, c *streamsock.Conn) (int64, error) { return wide(c.Sendmsg(inThree(other), 0)) },
			"Writev":       func(_ *testing.T, c *streamsock.Conn) (int64, error) { return c.Writev(inThree(other)) },
			"WriteContext": func(t *testing.T, c *streamsock.Conn) (int64, error) { return wide(c.WriteContext(t.Context(), other)) },
			"SendFile":     func(t *testing.T, c *streamsock.Conn) (int64, error) { return c.SendFile(fileOf(t, other), 0, -1, nil) },
			"TimeoutConn.Write": func(_ *testing.T, c *streamsock.Conn) (int64, error) {
				return wide(c.WithTimeouts(0, time.Hour).Write(other))
			},
			"TimeoutConn.ReadFrom a file": func(t *testing.T, c *streamsock.Conn) (int64, error) {
				return c.WithTimeouts(0, time.Hour).ReadFrom(fileOf(t, other))
			},
			"ReadFrom": func(t *testing.T, c *streamsock.Conn) (int64, error) {
				w, r := pair(t, "tcp4")
				feed(w, other)
				return c.ReadFrom(r)
			},
			"Send after SetWriteDeadline": func(_ *testing.T, c *streamsock.Conn) (int64, error) {
				c.SetWriteDeadline(time.Now().Add(time.Hour))
				return wide(c.WithTimeouts(0, time.Hour).Write(other))
			},
		} {
			t.Run(kind.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				if !sys.CanAwaitWrite {
					t.Skip("writes that wait do not hold back others")
				}
				c, peer := kind.narrow(t)
				first := begin(func() (int, error) { return c.WithTimeouts(0, time.Hour).Write(data) })
				first.blocks(t)
				second := begin(func() (int64, error) { return write(t, c) })
				second.settles(t)
				take(t, peer, append(data[:len(data):len(data)], other...))
				first.ends(t, len(data), nil)
				second.ends(t, len(other), nil)
			})
		}
	}
}

// TestTimeoutConnBesideConn has reads of the Conn continue while those of a
// TimeoutConn time out and contexts of others end.
func TestTimeoutConnBesideConn(t *testing.T) {
	for _, kind := range connKinds {
		for name, read := range map[string]func(t *testing.T, c *streamsock.Conn) (int64, error){
			"Recv":  func(_ *testing.T, c *streamsock.Conn) (int64, error) { return wide(c.Recv(make([]byte, 1), 0)) },
			"Readv": func(_ *testing.T, c *streamsock.Conn) (int64, error) { return c.Readv([][]byte{make([]byte, 1)}) },
			"CopyN": func(t *testing.T, c *streamsock.Conn) (int64, error) { return streamsock.CopyN(temporary(t), c, 1) },
			"a TimeoutConn without timeouts": func(_ *testing.T, c *streamsock.Conn) (int64, error) {
				return wide(c.WithTimeouts(0, 0).Read(make([]byte, 1)))
			},
			"ReadContext": func(t *testing.T, c *streamsock.Conn) (int64, error) {
				return wide(c.ReadContext(t.Context(), make([]byte, 1)))
			},
		} {
			t.Run(kind.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				peer, c := kind.pair(t)
				const soon = 200 * time.Microsecond
				tc := c.WithTimeouts(soon, 0)
				timesOut := func() error {
					_, err := tc.Peek(make([]byte, 1))
					return err
				}
				isCanceled := func() error {
					ctx, cancel := context.WithTimeout(t.Context(), soon)
					defer cancel()
					_, err := c.PeekContext(ctx, make([]byte, 1))
					return err
				}
				others := []func() error{timesOut, timesOut, isCanceled, isCanceled}
				stop := make(chan struct{})
				ended := make(chan error, len(others))
				for _, other := range others {
					go func() {
						for {
							select {
							case <-stop:
								ended <- nil
								return
							default:
							}
							err := other()
							if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
								ended <- err
								return
							}
							if onWine { // where to end an operation can take 10 ms: not always one of the others
								time.Sleep(50 * time.Millisecond)
							}
						}
					}()
				}
				for start := time.Now(); time.Since(start) < 200*time.Millisecond; {
					reading := begin(func() (int64, error) { return read(t, c) })
					time.Sleep(time.Millisecond)
					peer.Write([]byte("a"))
					reading.ends(t, 1, nil)
				}
				close(stop)
				for range others {
					begin(func() (int, error) { return 0, <-ended }).ends(t, 0, nil)
				}
			})
		}
	}
}

// TestTimeoutConnLong has timeouts that are 0, or so long that their end
// overflows a time.
func TestTimeoutConnLong(t *testing.T) {
	for _, kind := range connKinds {
		for _, d := range []time.Duration{1<<63 - 1, 1<<62 + 12345, 0, -1, -1 << 63} {
			t.Run(fmt.Sprintf("%s/%d", kind.name, d), func(t *testing.T) {
				c, peer := kind.narrow(t)
				tc := c.WithTimeouts(d, d)
				reading := begin(func() (int, error) { return tc.Read(make([]byte, 9)) })
				reading.blocks(t)
				peer.Write([]byte("abc"))
				reading.ends(t, 3, nil)
				data := ascii(1 << 20)
				writing := begin(func() (int, error) { return tc.Write(data) })
				writing.blocks(t)
				take(t, peer, data)
				writing.ends(t, len(data), nil)
			})
		}
	}
}

// TestTimeoutConnMethods checks that the other methods are those of the Conn.
func TestTimeoutConnMethods(t *testing.T) {
	for _, kind := range connKinds {
		c, peer := kind.pair(t)
		tc := c.WithTimeouts(time.Hour, time.Hour)
		if tc.NetConn() != net.Conn(c) {
			t.Errorf("NetConn is %v, want the Conn", tc.NetConn())
		}
		if tc.LocalAddr() != c.LocalAddr() || tc.RemoteAddr() != c.RemoteAddr() {
			t.Errorf("%v, %v are the addresses, want %v, %v", tc.LocalAddr(), tc.RemoteAddr(), c.LocalAddr(), c.RemoteAddr())
		}
		raw, err := tc.SyscallConn()
		if want, _ := c.SyscallConn(); raw != want || err != nil {
			t.Errorf("SyscallConn is %v, %v", raw, err)
		}
		tc.SetWriteDeadline(past)
		if _, err := tc.Write([]byte("a")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write after SetWriteDeadline: %v", err)
		}
		put(t, peer, c, []byte("data"))
		tc.SetReadDeadline(past)
		if _, err := tc.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read after SetReadDeadline: %v", err)
		}
		tc.SetDeadline(time.Time{})
		take(t, c, []byte("data"))
		if _, err := tc.Write([]byte("a")); err != nil {
			t.Errorf("Write after SetDeadline: %v", err)
		}
		take(t, peer, []byte("a"))

		if err := tc.CloseWrite(); err != nil {
			t.Errorf("CloseWrite: %v", err)
		}
		takeRest(t, peer, nil)
		if _, err := tc.Write([]byte("a")); !errors.Is(err, errno(syscall.EPIPE, 10058)) {
			t.Errorf("Write after CloseWrite: %v", err)
		}
		put(t, peer, c, []byte("data")) // the other direction is open
		take(t, c, []byte("data"))
		if err := tc.CloseRead(); err != nil {
			t.Errorf("CloseRead: %v", err)
		}
		if runtime.GOOS != "windows" {
			if n, err := tc.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("Read after CloseRead: %d, %v", n, err)
			}
		}
		if err := tc.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		mustBeClosed(t, c)
	}
}

// TestTimeoutConnErrors compares the errors of copies with those of a TCPConn.
func TestTimeoutConnErrors(t *testing.T) {
	cause := errors.New("refused")
	copies := map[string]func(c net.Conn) (int64, error){
		"ReadFrom a Reader that fails": func(c net.Conn) (int64, error) { return c.(io.ReaderFrom).ReadFrom(failing{cause}) },
		"ReadFrom a Reader at its end": func(c net.Conn) (int64, error) { return c.(io.ReaderFrom).ReadFrom(onlyRead{failing{io.EOF}}) },
		"ReadFrom a directory": func(c net.Conn) (int64, error) {
			f, _ := os.Open(".")
			defer f.Close()
			return c.(io.ReaderFrom).ReadFrom(f)
		},
		"ReadFrom a closed file":           func(c net.Conn) (int64, error) { f, _ := os.Open("."); f.Close(); return c.(io.ReaderFrom).ReadFrom(f) },
		"WriteTo a Writer that fails":      func(c net.Conn) (int64, error) { return c.(io.WriterTo).WriteTo(failing{cause}) },
		"WriteTo a Writer, then the end":   func(c net.Conn) (int64, error) { return c.(io.WriterTo).WriteTo(struct{ io.Writer }{io.Discard}) },
		"io.Copy from a Reader that fails": func(c net.Conn) (int64, error) { return io.Copy(c, onlyRead{failing{cause}}) },
	}
	for name, copy := range copies {
		reports := func(wrap func(*net.TCPConn) net.Conn) string {
			nc, peer := testnet.Pair(t, "tcp")
			c := wrap(nc)
			sendAll(peer, []byte("data"))
			n, err := copy(c)
			return fmt.Sprint(n, " ", describeOrNil(err))
		}
		want := reports(func(c *net.TCPConn) net.Conn { return c })
		got := reports(func(c *net.TCPConn) net.Conn { return wrap(t, c).WithTimeouts(time.Hour, time.Hour) })
		if got != want {
			t.Errorf("%s: %s\npackage net: %s", name, got, want)
		}
	}
}
