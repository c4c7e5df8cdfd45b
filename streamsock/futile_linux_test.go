// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// Tests of events without data.

// busyWindow is the time for which a test looks whether calls that wait use the
// processor.
const busyWindow = 100 * time.Millisecond

// A falseState is a connection that poll(2) reports as readable although a
// receive, or a Peek, would block.
type falseState struct {
	name   string
	create func(t *testing.T) (ours, peer *streamsock.Conn)
	more   string // what the peer then sends
	want   string // and what a receive returns
}

var falseStates = []falseState{
	{"out-of-band mark", emptyMark, "abc", "abc"},
	{"PeekOffset at the end", func(t *testing.T) (ours, peer *streamsock.Conn) { return peekOffset(t, 3) }, "def", "def"},
	{"PeekOffset beyond the end", func(t *testing.T) (ours, peer *streamsock.Conn) { return peekOffset(t, 5) }, "defgh", "fgh"},
}

// emptyMark returns a connection whose reading position is at the out-of-band
// mark, with nothing after the urgent byte and nearly no room in the receive
// buffer.
func emptyMark(t *testing.T) (ours, peer *streamsock.Conn) {
	t.Helper()
	ours, peer = accepted(t, sockopt.ReadBuffer.To(1))
	put(t, peer, ours, make([]byte, 600))
	take(t, ours, make([]byte, 600))
	urge(t, peer, ours, "!")
	if polls(t, ours, syscall.EPOLLIN) == 0 {
		t.Skip("this kernel does not report POLLIN at an empty mark")
	}
	return ours, peer
}

// accepted returns a connection that was not wrapped, so that its deadlines are
// known from the beginning.
func accepted(t *testing.T, opts ...sockopt.Setting) (ours, peer *streamsock.Conn) {
	t.Helper()
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0", opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p, err := dialPair(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.c.Close(); p.peer.Close() })
	t.Cleanup(func() { p.peer.Write(make([]byte, 9)) }) // ends a busy loop, in which Close would wait
	return p.c, p.peer
}

// peekOffset returns a connection with three bytes to read, of which a Peek
// skips some.
func peekOffset(t *testing.T, skip int) (ours, peer *streamsock.Conn) {
	t.Helper()
	ours, peer = accepted(t)
	if err := sockopt.PeekOffset.Set(ours, skip); err != nil {
		t.Skip(err)
	}
	put(t, peer, ours, []byte("abc"))
	return ours, peer
}

// falseCalls are calls that receive and wait.
var falseCalls = []struct {
	name    string
	peeks   bool
	context bool // a context ends it
	call    func(ctx context.Context, c *streamsock.Conn, p []byte) (int, error)
}{
	{"Peek", true, false, func(_ context.Context, c *streamsock.Conn, p []byte) (int, error) { return c.Peek(p) }},
	{"Recvmsg", true, false, func(_ context.Context, c *streamsock.Conn, p []byte) (int, error) {
		return c.Recvmsg([][]byte{p}, streamsock.Peek|streamsock.WaitAll)
	}},
	{"PeekContext", true, true, func(ctx context.Context, c *streamsock.Conn, p []byte) (int, error) {
		return c.PeekContext(ctx, p)
	}},
	{"TimeoutConn.Peek", true, false, func(_ context.Context, c *streamsock.Conn, p []byte) (int, error) {
		return c.WithTimeouts(long, 0).Peek(p)
	}},
	{"Recv", false, false, func(_ context.Context, c *streamsock.Conn, p []byte) (int, error) { return c.Recv(p, 0) }},
	{"Readv", false, false, func(_ context.Context, c *streamsock.Conn, p []byte) (int, error) {
		n, err := c.Readv([][]byte{p})
		return int(n), err
	}},
	{"ReadContext", false, true, func(ctx context.Context, c *streamsock.Conn, p []byte) (int, error) {
		return c.ReadContext(ctx, p)
	}},
	{"TimeoutConn.Readv", false, false, func(_ context.Context, c *streamsock.Conn, p []byte) (int, error) {
		n, err := c.WithTimeouts(long, 0).Readv([][]byte{p})
		return int(n), err
	}},
}

// TestFalseReadable begins every call several times, each on a connection of its
// own that poll(2) reports as readable. None uses the processor, and a deadline, a
// context, Close and bytes end it.
func TestFalseReadable(t *testing.T) {
	ends := []struct {
		name string
		end  func(s falseState, ours, peer *streamsock.Conn, cancel func())
		want error
	}{
		{"deadline", func(_ falseState, c, _ *streamsock.Conn, _ func()) { c.SetReadDeadline(past) }, os.ErrDeadlineExceeded},
		{"Close", func(_ falseState, c, _ *streamsock.Conn, _ func()) { c.Close() }, net.ErrClosed},
		{"bytes", func(s falseState, _, peer *streamsock.Conn, _ func()) { peer.Write([]byte(s.more)) }, nil},
		{"context", func(_ falseState, _, _ *streamsock.Conn, cancel func()) { cancel() }, context.Canceled}, // the last, of all
	}
	for _, s := range falseStates {
		t.Run(s.name, func(t *testing.T) {
			type running struct {
				*call
				p          []byte
				ours, peer *streamsock.Conn
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			calls := make(map[string]running)
			for _, f := range falseCalls {
				for _, end := range ends {
					if !f.peeks && s.name != "out-of-band mark" || end.want == context.Canceled && !f.context {
						continue
					}
					r := running{p: make([]byte, 9)}
					r.ours, r.peer = s.create(t)
					r.call = begin(func() (int, error) { return f.call(ctx, r.ours, r.p) })
					r.blocks(t)
					calls[f.name+" until "+end.name] = r
				}
			}
			rests(t)
			for _, end := range ends {
				for _, f := range falseCalls {
					r, ok := calls[f.name+" until "+end.name]
					if !ok {
						continue
					}
					end.end(s, r.ours, r.peer, cancel)
					n, err := r.call.end(t)
					switch {
					case !errors.Is(err, end.want):
						t.Errorf("%s until %s: %d, %v", f.name, end.name, n, err)
					case err == nil && string(r.p[:n]) != s.want:
						t.Errorf("%s until %s: %q, want %q", f.name, end.name, r.p[:n], s.want)
					}
				}
			}
		})
	}
}

// TestFalseReadableTimeout has a TimeoutConn of a Conn that was wrapped, of which
// package net may have a deadline that is unknown, so that other code waits.
func TestFalseReadableTimeout(t *testing.T) {
	calls := make(map[string]*call)
	for _, s := range falseStates {
		ours, _ := s.create(t) // or skip
		c := wrap(t, ours.TCPConn).WithTimeouts(busyWindow*3/2, 0)
		calls[s.name] = begin(func() (int, error) { return c.Peek(make([]byte, 9)) })
	}
	rests(t)
	for name, c := range calls {
		if n, err := c.end(t); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %d, %v, want the timeout", name, n, err)
		}
	}
}

// TestFalseReadableNow makes the calls that do not wait on connections that
// poll(2) reports as readable.
func TestFalseReadableNow(t *testing.T) {
	for _, s := range falseStates {
		t.Run(s.name, func(t *testing.T) {
			ours, _ := s.create(t)
			p := make([]byte, 9)
			for range 3 {
				n, err := promptly(t, func() (int, error) { return ours.Recv(p, streamsock.Peek|streamsock.DontWait) })
				if err != streamsock.ErrWouldBlock {
					t.Errorf("Recv: %d, %v, want ErrWouldBlock", n, err)
				}
			}
			ours.SetReadDeadline(past)
			if n, err := promptly(t, func() (int, error) { return ours.Peek(p) }); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("Peek: %d, %v, want the deadline", n, err)
			}
		})
	}
}

// TestEmptyMark checks what is reported for a connection at the out-of-band
// mark with nothing to read, before and after the urgent byte was received, and
// that bytes are reported then.
func TestEmptyMark(t *testing.T) {
	for _, message := range []bool{false, true} {
		t.Run(fmt.Sprintf("message in the error queue %v", message), func(t *testing.T) {
			ours, peer := emptyMark(t)
			if message {
				queueError(t, ours, peer)
			}
			testEmptyMark(t, ours, peer)
		})
	}
}

func testEmptyMark(t *testing.T, ours, peer *streamsock.Conn) {
	t.Helper()
	now, cancel := context.WithCancel(t.Context())
	cancel()
	set := newPollSet(t)
	if err := set.Add(ours, readable|writable|urgent); err != nil {
		t.Fatal(err)
	}
	reports := func(want streamsock.Events) {
		t.Helper()
		becomes(t, ours, atEmptyMark(ours), nil)
		for range 3 {
			if got, err := ours.Wait(now, readable|writable|urgent); got != want || err != nil {
				t.Errorf("Wait: %v, %v, want %v", got, err, want)
			}
			if got := look(t, set)[ours]; got != want {
				t.Errorf("Poll: %v, want %v", got, want)
			}
			r, w, x, err := streamsock.Select(t.Context(), list(ours), list(ours), list(ours))
			if len(r) > 0 != (want&readable != 0) || len(w) == 0 || len(x) > 0 != (want&urgent != 0) || err != nil {
				t.Errorf("Select: %v, %v, %v, %v, want %v", r, w, x, err, want)
			}
		}
	}
	reports(writable | urgent)
	if b, err := ours.ReadUrgent(); b != '!' || err != nil {
		t.Fatalf("%q, %v", b, err)
	}
	if polls(t, ours, syscall.EPOLLIN) == 0 {
		t.Skip("this kernel does not report POLLIN there")
	}
	reports(writable)

	// Nothing spins while nothing happens.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := set.Update(ours, readable); err != nil {
		t.Fatal(err)
	}
	calls := map[string]*call{
		"Wait": begin(func() (int, error) { e, err := ours.Wait(ctx, readable); return int(e), err }),
		"Poll": begin(func() (int, error) { r, err := set.Poll(ctx); return len(r), err }),
		"Select": begin(func() (int, error) {
			r, _, _, err := streamsock.Select(ctx, list(ours), nil, nil)
			return len(r), err
		}),
	}
	for _, c := range calls {
		c.blocks(t)
	}
	rests(t)
	for name, c := range calls {
		select {
		case o := <-c.done:
			t.Errorf("%s: %d, %v although there is nothing", name, o.n, o.err)
		default:
		}
	}
	peer.Write([]byte("abc"))
	for _, c := range calls {
		c.ends(t, 1, nil)
	}
	becomes(t, ours, streamsock.Pending, nil)
	take(t, ours, []byte("abc"))
}

// TestEmptyMarkCloseGraceful closes a connection in this state.
func TestEmptyMarkCloseGraceful(t *testing.T) {
	waiting := func(ctx context.Context) (*call, *streamsock.Conn) {
		ours, peer := emptyMark(t)
		c := doing(func() error { return ours.CloseGraceful(ctx) })
		takeRest(t, peer, nil)
		c.blocks(t)
		return c, peer
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cancelled, _ := waiting(ctx)
	ended, peer := waiting(t.Context())
	rests(t)
	cancel()
	cancelled.ends(t, 0, context.Canceled)
	peer.CloseWrite()
	ended.ends(t, 0, nil)
}

// TestEmptyMarkCopy copies from a TimeoutConn in this state. The Conn was wrapped,
// so that other code than package net's poller waits.
func TestEmptyMarkCopy(t *testing.T) {
	ours, _ := emptyMark(t)
	dst, _ := msgPair(t)
	src := wrap(t, ours.TCPConn).WithTimeouts(busyWindow*3/2, 0)
	copying := begin(func() (int64, error) { return io.Copy(dst, src) })
	rests(t)
	copying.ends(t, 0, os.ErrDeadlineExceeded)
}

// TestMarkSignalsNow looks for bytes after the out-of-band mark while signals
// arrive, for which the kernel returns EAGAIN. They are always found.
func TestMarkSignalsNow(t *testing.T) {
	peer, ours := msgPair(t)
	set := newPollSet(t)
	if err := set.Add(ours, readable); err != nil {
		t.Fatal(err)
	}
	now, cancel := context.WithCancel(t.Context())
	cancel()
	defer shower()()
	p := make([]byte, 9)
	for i := range testnet.Rounds(300) {
		urge(t, peer, ours, "aU")
		take(t, ours, []byte("a"))
		peer.Write([]byte("b"))
		if n, err := ours.Peek(p); n != 1 || err != nil {
			t.Fatalf("mark %d: Peek: %d, %v", i, n, err)
		}
		if n, err := ours.Recv(p, streamsock.Peek|streamsock.DontWait); n != 1 || err != nil {
			t.Fatalf("mark %d: Recv: %d, %v", i, n, err)
		}
		if e, err := ours.Wait(now, readable); e != readable || err != nil {
			t.Fatalf("mark %d: Wait: %v, %v", i, e, err)
		}
		if ready := look(t, set); ready[ours] != readable {
			t.Fatalf("mark %d: Poll: %v", i, ready)
		}
		if n, err := ours.TryRead(p); n != 1 || err != nil {
			t.Fatalf("mark %d: TryRead: %d, %v", i, n, err)
		}
	}
}

// timestamping is SO_TIMESTAMPING, by which the kernel puts a message into the
// error queue for what was sent.
var timestamping = sockopt.New("SO_TIMESTAMPING", syscall.SOL_SOCKET, syscall.SO_TIMESTAMPING, sockopt.Uint32Codec())

// errorQueue returns a connection with a message in its error queue, for which
// poll(2) reports POLLERR.
func errorQueue(t *testing.T) (ours, peer *streamsock.Conn) {
	t.Helper()
	peer, ours = msgPair(t)
	queueError(t, ours, peer)
	return ours, peer
}

// queueError puts a message into the error queue of a connection.
func queueError(t *testing.T, ours, peer *streamsock.Conn) {
	t.Helper()
	const software = 1<<1 | 1<<4 // SOF_TIMESTAMPING_TX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE
	if err := timestamping.Set(ours, software); err != nil {
		t.Skip(err)
	}
	put(t, ours, peer, []byte("abc"))
	take(t, peer, []byte("abc"))
	if polls(t, ours, 0)&syscall.EPOLLERR == 0 {
		t.Skip("this kernel has no transmit timestamps on this device")
	}
}

// emptyErrorQueue receives the messages.
func emptyErrorQueue(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	rc, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	rc.Control(func(fd uintptr) {
		for p := make([]byte, 512); err == nil; {
			_, _, _, _, err = syscall.Recvmsg(int(fd), p, p, syscall.MSG_ERRQUEUE)
		}
	})
	if err != syscall.EAGAIN || polls(t, c, 0) != 0 {
		t.Fatal(err)
	}
}

// TestErrorQueue checks that a message in the error queue is not taken for the
// end of the connection, that nothing spins, and that bytes and the real end are
// reported.
func TestErrorQueue(t *testing.T) {
	for name, e := range map[string]struct {
		end    func(peer *streamsock.Conn)
		want   streamsock.Events // of Wait and Poll
		urgent error             // of WaitUrgent
		check  streamsock.Liveness
		err    error // of Check
		read   error
	}{
		"bytes": {func(peer *streamsock.Conn) { peer.Write([]byte("abc")) }, readable, nil, streamsock.Pending, nil, nil},
		"FIN":   {func(peer *streamsock.Conn) { peer.CloseWrite() }, readable | peerClosed, io.EOF, streamsock.HalfClosed, nil, io.EOF},
		"reset": {func(peer *streamsock.Conn) { peer.Abort() }, readable | peerClosed, streamsock.ErrBroken,
			streamsock.Closed, streamsock.ErrBroken, syscall.ECONNRESET},
	} {
		t.Run(name, func(t *testing.T) {
			ours, peer := errorQueue(t)
			becomes(t, ours, streamsock.Idle, nil)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			set := newPollSet(t)
			if err := set.Add(ours, readable|peerClosed); err != nil {
				t.Fatal(err)
			}
			wait := begin(func() (int, error) { e, err := ours.Wait(ctx, readable|peerClosed); return int(e), err })
			urgent := doing(func() error { return ours.WaitUrgent(ctx) })
			poll := begin(func() (int, error) {
				ready, err := set.Poll(ctx)
				if len(ready) != 1 {
					return len(ready), err
				}
				return int(ready[0].Events), err
			})
			oursRead, peerRead := errorQueue(t)
			read := begin(func() (int, error) { return oursRead.ReadContext(ctx, make([]byte, 9)) })
			for _, c := range []*call{wait, urgent, poll, read} {
				c.blocks(t)
			}
			rests(t)
			for i, c := range []*call{wait, urgent, poll, read} {
				if len(c.done) > 0 {
					t.Errorf("call %d ends although nothing has happened", i)
				}
			}
			e.end(peer)
			e.end(peerRead)
			wait.ends(t, int(e.want), nil)
			poll.ends(t, int(e.want), nil)
			shows(t, set, ours, e.want)
			becomes(t, ours, e.check, e.err)
			if n, err := read.end(t); !errors.Is(err, e.read) || n > 0 != (e.read == nil) {
				t.Errorf("ReadContext: %d, %v, want %v", n, err, e.read)
			}
			if e.urgent == nil {
				urgent.blocks(t)
				cancel()
				urgent.ends(t, 0, context.Canceled)
			} else {
				urgent.ends(t, 0, e.urgent)
			}
		})
	}
}

// TestErrorQueueLook polls a PollSet without blocking, between pauses in which
// it does not look at a connection with a message in its error queue.
func TestErrorQueueLook(t *testing.T) {
	ours, peer := errorQueue(t)
	set := newPollSet(t)
	if err := set.Add(ours, readable); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if got := look(t, set); len(got) > 0 {
			t.Fatal(got)
		}
		put(t, peer, ours, []byte("x"))
		if got := look(t, set); got[ours] != readable {
			t.Fatalf("Poll: %v, want Readable", got)
		}
		take(t, ours, []byte("x"))
	}
}

// TestWaitFutile has goroutines wait while there are events without data. When
// there are no more such events, the goroutines do not look again and again,
// for which each would need a timer, and an event ends them.
func TestWaitFutile(t *testing.T) {
	const waiters = 50
	ours, peer := errorQueue(t)
	var waits []*call
	for range waiters {
		w := doing(func() error { return ours.WaitUrgent(t.Context()) })
		w.blocks(t)
		waits = append(waits, w)
	}
	time.Sleep(busyWindow / 2) // for some events
	emptyErrorQueue(t, ours)
	time.Sleep(busyWindow / 5) // the last pauses
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	time.Sleep(busyWindow / 2)
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > waiters {
		t.Errorf("%d allocations while nothing happens", n)
	}
	peer.SendUrgent('!')
	for _, w := range waits {
		w.ends(t, 0, nil)
	}
}
