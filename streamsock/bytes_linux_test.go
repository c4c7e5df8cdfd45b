// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// What Linux does at the urgent mark, with More and after a reset, and what
// our calls cost there.

package streamsock_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// readAgain is the Read of package net, begun again and again until it ends:
// one that a signal meets at the urgent mark waits forever; see
// TestUrgentSignals.
func readAgain(c *streamsock.Conn, p []byte) (n int64, err error) {
	defer c.SetReadDeadline(time.Time{})
	for start := time.Now(); time.Since(start) < patience; {
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if n, err = wide(c.Read(p)); !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
	}
	return n, err
}

// TestMark checks that every call stops at the urgent mark and then continues
// after it.
func TestMark(t *testing.T) {
	for _, r := range receivers {
		if r.name == "Read" {
			r.receive = readAgain
		}
		for _, inline := range []bool{false, true} {
			name, first, second := r.name, "abc", "defg"
			if inline {
				name, second = name+" inline", "Xdef"
			}
			t.Run(name, func(t *testing.T) {
				c, s := msgPair(t)
				put(t, c, s, []byte("abc"))
				urge(t, c, s, "X")
				s.SetOOBInline(inline)
				c.Write([]byte("defg"))
				for _, want := range []string{first, second} {
					p := []byte("........")
					if want == second {
						p = p[:4]
						until(t, "all is there", func() bool {
							n, _ := s.Recv(make([]byte, 9), streamsock.Peek|streamsock.DontWait)
							return n >= 4
						})
					}
					n, err := promptly(t, func() (int64, error) { return r.receive(s, p) })
					if n != int64(len(want)) || err != nil || string(p[:n]) != want {
						t.Errorf("%d, %v, %q, want %q", n, err, p, want)
					}
					if r.name == "Peek" {
						take(t, s, p[:n])
					}
				}
			})
		}
	}
}

// TestMarkLater has the mark arrive when WaitAll has received the bytes before
// it and waits for more.
func TestMarkLater(t *testing.T) {
	c, s := msgPair(t)
	tr := newTray([]int{2, 8})
	receiving := begin(func() (int, error) { return s.Recvmsg(tr.bufs, streamsock.WaitAll) })
	receiving.blocks(t)
	c.Write([]byte("abc"))
	until(t, "the bytes are received", func() bool { n, _ := s.Available(); return n == 0 })
	receiving.blocks(t)
	urge(t, c, s, "X")
	c.Write([]byte("defg")) // an urgent byte alone wakes no reader
	receiving.ends(t, 3, nil)
	tr.holds(t, []byte("abc"))
	p := make([]byte, 1)
	if n, err := s.Recv(p, streamsock.OOB); n != 1 || err != nil || p[0] != 'X' {
		t.Errorf("%d, %v, %q", n, err, p)
	}
	take(t, s, []byte("defg"))
}

// TestMarkBetweenCalls has the mark where one system call has filled its 1,024
// slices, and the next would go past it, so that the urgent byte is lost.
func TestMarkBetweenCalls(t *testing.T) {
	for _, f := range []streamsock.Flags{0, streamsock.WaitAll, streamsock.DontWait} {
		t.Run(f.String(), func(t *testing.T) {
			c, s := msgPair(t)
			data := ascii(1024)
			put(t, c, s, data)
			urge(t, c, s, "X")
			c.Write([]byte("defg"))
			tr := newTray(slices.Repeat([]int{1}, 1025))
			n, err := promptly(t, func() (int, error) { return s.Recvmsg(tr.bufs, f) })
			if n != 1024 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			tr.holds(t, data)
			p := make([]byte, 1)
			if n, err := s.Recv(p, streamsock.OOB); n != 1 || err != nil || p[0] != 'X' {
				t.Errorf("%d, %v, %q", n, err, p)
			}
			take(t, s, []byte("defg"))
		})
	}
}

// TestMarkSignals fails if a call accepts EAGAIN, which the system gives at the
// mark while a signal is pending, for nothing to receive; see
// TestUrgentSignals.
func TestMarkSignals(t *testing.T) {
	for _, r := range receivers {
		t.Run(r.name, func(t *testing.T) {
			c, s := msgPair(t)
			defer shower()()
			p := make([]byte, 1)
			for i := range testnet.Rounds(600) {
				s.SetReadDeadline(time.Now().Add(patience)) // all may take long on an emulator
				urge(t, c, s, "aU")
				if _, err := c.Write([]byte("b")); err != nil {
					t.Fatal(err)
				}
				for _, want := range []string{"a", "b"} {
					n, err := r.receive(s, p)
					if r.name == "Peek" {
						s.TryRead(p)
					}
					if n != 1 || err != nil || string(p) != want {
						t.Fatalf("mark %d: %q, %v, want %q", i, p[:n], err, want)
					}
				}
			}
		})
	}
}

// TestMarkRechecked has a byte become readable at the out-of-band mark while two Reads
// wait, of which there is no event, as when a signal has met the receive. Read looks
// for such a byte once, and too early if the test is slow.
func TestMarkRechecked(t *testing.T) {
	peer, ours := msgPair(t)
	other, beside := msgPair(t)
	found, inTime := false, false
	for i := 0; i < 5 && !found; i++ {
		runtime.GC()
		runtime.GC() // nothing of earlier Reads is used again
		start := time.Now()
		ours.SetReadDeadline(time.Now().Add(2 * patience))
		got := make(chan byte, 2)
		var readings []*call
		for range 2 {
			reading := begin(func() (int, error) {
				p := make([]byte, 1)
				n, err := ours.Read(p)
				got <- p[0]
				return n, err
			})
			reading.blocks(t)
			readings = append(readings, reading)
		}
		later := begin(func() (int, error) { return beside.Read(make([]byte, 1)) })
		later.blocks(t)
		urge(t, peer, ours, "U")
		other.Write([]byte("a"))
		later.ends(t, 1, nil) // the event of the urgent byte is over
		ours.SetOOBInline(true)
		inTime = inTime || time.Since(start) < 100*time.Millisecond
		select {
		case b := <-got:
			found = b == 'U'
		case <-time.After(time.Second):
		}
		peer.Write([]byte("b"))
		for _, reading := range readings {
			reading.ends(t, 1, nil)
		}
		ours.SetOOBInline(false)
	}
	switch {
	case found:
	case !inTime:
		t.Skip("the machine is too slow")
	default:
		t.Error("Read does not look at the mark")
	}
}

// TestMarkNoReader has bytes at the out-of-band mark after a Read that has waited.
// Nothing looks for them when it is over, which would disturb package net's Read.
func TestMarkNoReader(t *testing.T) {
	t.Parallel() // it mostly waits
	peer, ours := msgPair(t)
	ours.SetReadDeadline(time.Time{})
	reading := begin(func() (int, error) { return ours.Read(make([]byte, 1)) })
	reading.blocks(t)
	peer.Write([]byte("a"))
	reading.ends(t, 1, nil)
	urge(t, peer, ours, "U")
	peer.Write([]byte("b"))
	rc, err := ours.TCPConn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	const looked = 400 * time.Millisecond
	for start := time.Now(); time.Since(start) < looked; time.Sleep(time.Millisecond) {
		if err := rc.Read(func(uintptr) bool { return true }); err != nil {
			t.Fatal(err)
		}
	}
	take(t, ours, []byte("b"))
}

// TestWriteErrorName has the error of a Write after a Writev, whose memory it uses again.
// It has the name that package net gives to the system call.
func TestWriteErrorName(t *testing.T) {
	c, _ := msgPair(t)
	c.CloseWrite()
	other, _ := msgPair(t)
	for range 10 {
		if _, err := other.Writev(inThree([]byte("abc"))); err != nil {
			t.Fatal(err)
		}
		n, err := c.Write([]byte("a"))
		if e, ok := errors.AsType[*os.SyscallError](err); n != 0 || !ok || e.Syscall != "write" || e.Err != syscall.EPIPE {
			t.Fatalf("%d, %v, want EPIPE of write", n, err)
		}
	}
}

// TestSendOOB checks that only the last of several bytes is urgent.
func TestSendOOB(t *testing.T) {
	for name, bufs := range map[string][][]byte{
		"alone":       {[]byte("X")},
		"in one":      {[]byte("abcX")},
		"in two":      {[]byte("abc"), []byte("X")},
		"empty last":  {[]byte("ab"), nil, []byte("cX"), {}, nil},
		"empty first": {nil, []byte("X")},
		"many":        append(cut(ascii(3000), slices.Repeat([]int{2}, 1500)), []byte("X")),
	} {
		for how, flags := range map[string]streamsock.Flags{
			"":         streamsock.OOB,
			"DontWait": streamsock.OOB | streamsock.DontWait,
			"More":     streamsock.OOB | streamsock.More,
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				c, s := msgPair(t)
				given := slices.Clone(bufs)
				data := bytes.Join(bufs, nil)
				if n, err := c.Sendmsg(bufs, flags); n != len(data) || err != nil {
					t.Errorf("%d, %v", n, err)
				}
				testSameList(t, bufs, given)
				awaitUrgent(t, s)
				p := make([]byte, 4)
				for _, f := range []streamsock.Flags{streamsock.OOB | streamsock.Peek, streamsock.OOB} {
					if n, err := s.Recv(p, f); n != 1 || err != nil || p[0] != 'X' {
						t.Errorf("%v: %d, %v, %q", f, n, err, p)
					}
				}
				c.CloseWrite()
				takeRest(t, s, data[:len(data)-1])
			})
		}
	}
}

// TestSendOOBWaits sends more than there is room for. The last byte of each
// part that the system takes must not become urgent.
func TestSendOOBWaits(t *testing.T) {
	for _, size := range []int{1, 2, 200_000} { // just the urgent byte must wait, or all
		for _, w := range []struct {
			name string
			send func(*streamsock.Conn, []byte) (int, error)
		}{
			{"Send", func(c *streamsock.Conn, p []byte) (int, error) { return c.Send(p, streamsock.OOB) }},
			{"Sendmsg", func(c *streamsock.Conn, p []byte) (int, error) {
				return c.Sendmsg(cut(p, slices.Repeat([]int{0, 100, 1}, 20)), streamsock.OOB)
			}},
		} {
			t.Run(w.name, func(t *testing.T) {
				c, s := tightPair(t)
				data := ascii(1 << 20)
				n := fill(t, c, s, data, 0)
				urgent := slices.Clone(data[n : n+size])
				urgent[size-1] = 'X' | 0x80 // none of data is
				sending := begin(func() (int, error) { return w.send(c, urgent) })
				if !sending.settles(t) && size > 2 {
					t.Fatalf("%d bytes fit in", size)
				}

				want := slices.Concat(data[:n], urgent[:size-1])
				got := make([]byte, 0, len(want)+1)
				p := make([]byte, 1)
				for len(got) < len(want) {
					if k, _ := s.Recv(p, streamsock.OOB|streamsock.Peek); k == 1 && p[0] != 'X'|0x80 {
						t.Fatalf("byte %#x is urgent", p)
					}
					k, err := s.Read(got[len(got):min(len(got)+5000, len(want))])
					if err != nil {
						t.Fatal(err)
					}
					got = got[:len(got)+k]
				}
				if !bytes.Equal(got, want) {
					t.Error("the bytes differ")
				}
				sending.ends(t, size, nil)
				awaitUrgent(t, s)
				if k, err := s.Recv(p, streamsock.OOB); k != 1 || err != nil || p[0] != 'X'|0x80 {
					t.Errorf("%d, %v, %#x", k, err, p)
				}
				c.Write([]byte("end"))
				take(t, s, []byte("end"))
			})
		}
	}
}

// TestSendOOBNoRoom checks that a call that may not wait makes nothing urgent
// but the last byte.
func TestSendOOBNoRoom(t *testing.T) {
	c, s := tightPair(t)
	data := ascii(1 << 20)
	n, err := c.Send(data, streamsock.OOB|streamsock.DontWait)
	if n <= 0 || n >= len(data) || err != streamsock.ErrWouldBlock {
		t.Errorf("%d, %v", n, err)
	}
	n = fill(t, c, s, data, n)
	k, err := c.Send(data[n:], streamsock.OOB|streamsock.DontWait)
	if err != streamsock.ErrWouldBlock {
		t.Errorf("%d, %v", k, err)
	}
	n += k
	c.SetWriteDeadline(past)
	if k, err := c.Send([]byte("X"), streamsock.OOB); k != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d, %v", k, err)
	}
	c.CloseWrite()
	takeRest(t, s, data[:n])
	if k, err := s.Recv(make([]byte, 1), streamsock.OOB); k == 1 {
		t.Errorf("something is urgent: %v", err)
	}
}

// TestRecvOOB reports that there is no urgent byte, whatever else is there.
func TestRecvOOB(t *testing.T) {
	c, s := msgPair(t)
	none := func(when string) {
		t.Helper()
		p := []byte("....")
		for _, f := range []streamsock.Flags{streamsock.OOB, streamsock.OOB | streamsock.Peek, streamsock.OOB | streamsock.WaitAll} {
			n, err := promptly(t, func() (int, error) { return s.Recv(p, f) })
			if n != 0 || string(p) != "...." {
				t.Errorf("%s: %d, %q", when, n, p)
			}
			testOpError(t, s, "read", err, syscall.EINVAL)
		}
	}
	none("nothing sent")
	put(t, c, s, []byte("abc"))
	none("only others sent")
	s.SetReadDeadline(past)
	none("behind the deadline")

	urge(t, c, s, "X")
	p := []byte("....")
	if n, err := s.Recvmsg([][]byte{nil, p}, streamsock.OOB); n != 1 || err != nil || string(p) != "X..." {
		t.Errorf("%d, %v, %q", n, err, p)
	}
	none("taken before")
	s.SetReadDeadline(time.Time{})
	take(t, s, []byte("abc"))

	waiting := begin(func() (int, error) { return s.Recv(make([]byte, 9), 0) })
	waiting.blocks(t)
	none("beside one that waits")
	urge(t, c, s, "Y")
	if n, err := s.Recv(p, streamsock.OOB); n != 1 || err != nil || p[0] != 'Y' {
		t.Errorf("%d, %v, %q", n, err, p)
	}
	waiting.blocks(t)
	c.Write([]byte("defg"))
	waiting.ends(t, 4, nil)

	urge(t, c, s, "Z")
	s.SetOOBInline(true)
	none("inline")
	s.Close()
	_, err := s.Recv(p, streamsock.OOB)
	testOpError(t, s, "read", err, net.ErrClosed)
}

// TestMore delays bytes until those after them are sent. The system delays them
// for at most 200 ms, so that a slow machine must try again.
func TestMore(t *testing.T) {
	for name, send := range map[string]func(*streamsock.Conn, streamsock.Flags) (int, error){
		"Send":    func(c *streamsock.Conn, f streamsock.Flags) (int, error) { return c.Send([]byte("ab"), f) },
		"Sendmsg": func(c *streamsock.Conn, f streamsock.Flags) (int, error) { return c.Sendmsg(inThree([]byte("ab")), f) },
	} {
		t.Run(name, func(t *testing.T) {
			c, s := msgPair(t) // package net sets NoDelay
			p := make([]byte, 9)
			for try := 0; ; try++ {
				start := time.Now()
				if n, err := send(c, streamsock.More); n != 2 || err != nil {
					t.Fatalf("%d, %v", n, err)
				}
				s.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				n, err := s.Read(p)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					break
				}
				if took := time.Since(start); took < 150*time.Millisecond || try == 10 {
					t.Fatalf("%d, %v arrive after %v", n, err, took)
				}
			}
			s.SetReadDeadline(time.Time{})
			c.Send([]byte("cd"), 0)
			if n, err := io.ReadFull(s, p[:4]); err != nil || string(p[:4]) != "abcd" {
				t.Errorf("%q, %v", p[:n], err)
			}
			send(c, 0) // without More, it is sent without delay
			s.SetReadDeadline(time.Now().Add(patience))
			take(t, s, []byte("ab"))
		})
	}
}

// TestDontRoute sends to this machine, which is no way off.
func TestDontRoute(t *testing.T) {
	c, s := msgPair(t)
	if n, err := c.Send([]byte("near"), streamsock.DontRoute); n != 4 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	take(t, s, []byte("near"))
}

// TestResetBehindBytes has the peer reset the connection when there are bytes
// to read, which Linux keeps.
func TestResetBehindBytes(t *testing.T) {
	for name, r := range map[string]struct {
		receive func(*streamsock.Conn, [][]byte) (int64, error)
		reset   bool // immediately, not by the next call
	}{
		"Readv":   {(*streamsock.Conn).Readv, true}, // by its second system call
		"WaitAll": {func(c *streamsock.Conn, b [][]byte) (int64, error) { return wide(c.Recvmsg(b, streamsock.WaitAll)) }, true},
		"Peek":    {func(c *streamsock.Conn, b [][]byte) (int64, error) { return wide(c.Recvmsg(b, streamsock.Peek)) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := msgPair(t)
			data := ascii(1024)
			put(t, c, s, data)
			c.SetLinger(0)
			c.Close()
			awaitReset(t, s)
			tr := newTray(slices.Repeat([]int{1}, 1025))
			n, err := promptly(t, func() (int64, error) { return r.receive(s, tr.bufs) })
			if n != 1024 {
				t.Errorf("%d, %v", n, err)
			}
			tr.holds(t, data)
			if !r.reset {
				if err != nil {
					t.Error(err)
				}
				take(t, s, data)
				_, err = s.Peek(make([]byte, 1))
			}
			testOpError(t, s, "read", err, syscall.ECONNRESET)
		})
	}
}

// awaitReset waits for a reset without a call that takes it away.
func awaitReset(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	rc, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the reset arrives", func() bool {
		connected := true
		if err := rc.Control(func(fd uintptr) { connected = sys.IsConnected(fd) }); err != nil {
			t.Fatal(err)
		}
		return !connected
	})
}

// TestSendAfterReset checks that the first call after a reset reports it, and
// the next of the broken pipe, as with package net.
func TestSendAfterReset(t *testing.T) {
	type sender struct {
		name string
		send func(*streamsock.Conn, []byte) (int64, error)
	}
	calls := []sender{
		{"TryWrite", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.TryWrite(p)) }},
		{"OOB", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Send(p, streamsock.OOB)) }},
		{"one byte OOB", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Send(p[:1], streamsock.OOB)) }},
	}
	for _, w := range senders {
		calls = append(calls, sender(w))
	}
	for _, w := range calls {
		t.Run(w.name, func(t *testing.T) {
			c, s := msgPair(t)
			s.SetLinger(0)
			s.Close()
			awaitReset(t, c)
			for _, want := range []error{syscall.ECONNRESET, syscall.EPIPE} {
				n, err := w.send(c, []byte("into the void"))
				if n != 0 {
					t.Errorf("%d bytes", n)
				}
				testOpError(t, c, "write", err, want)
			}
		})
	}
}

// TestMoveAllocs checks that nothing is allocated for a call.
func TestMoveAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	c, s := msgPair(t)
	full, reader := tightPair(t)
	data := ascii(1 << 20)
	fill(t, full, reader, data, 0)
	p := make([]byte, 90)
	list := inThree(p)
	many := slices.Repeat([][]byte{p[:9]}, 1025) // which the smallest buffers hold
	all := func(n int64, want int, err error) {
		if n != int64(want) || err != nil {
			t.Errorf("%d of %d, %v", n, want, err)
		}
	}
	for name, f := range map[string]func(){
		"Send, Recv": func() {
			c.Send(p, 0)
			n, err := s.Recv(p, streamsock.WaitAll)
			all(int64(n), 90, err)
		},
		"Sendmsg, Recvmsg": func() {
			c.Sendmsg(list, streamsock.More)
			c.Sendmsg(list, 0)
			for range 2 {
				n, err := s.Recvmsg(list, streamsock.WaitAll)
				all(int64(n), 90, err)
			}
		},
		"Writev, Peek, Readv": func() {
			c.Writev(list)
			s.Peek(p)
			n, err := s.Readv(list)
			all(n, 90, err)
		},
		"1025 slices": func() {
			c.Writev(many)
			n, err := s.Recvmsg(many, streamsock.WaitAll)
			all(int64(n), 9*1025, err)
		},
		"OOB": func() {
			c.Sendmsg(list, streamsock.OOB)
			n, err := s.Recv(p[:89], streamsock.WaitAll)
			all(int64(n), 89, err)
		},
		"TryWrite, TryRead": func() {
			n, err := c.TryWrite(p)
			all(int64(n), 90, err)
			for got := 0; got < 90; {
				n, err := s.TryRead(p)
				if err != nil && err != streamsock.ErrWouldBlock {
					t.Fatal(err)
				}
				got += n
			}
		},
		"TryRead of nothing": func() {
			if _, err := c.TryRead(p); err != streamsock.ErrWouldBlock {
				t.Fatal(err)
			}
		},
		"TryWrite without room": func() {
			if _, err := full.TryWrite(data); err != streamsock.ErrWouldBlock {
				t.Fatal(err)
			}
		},
		"Available": func() {
			if n, err := reader.Available(); n == 0 || err != nil {
				t.Fatal(n, err)
			}
		},
		"Unsent": func() {
			if n, err := full.Unacked(); n == 0 || err != nil {
				t.Fatal(n, err)
			}
		},
	} {
		if n := testing.AllocsPerRun(200, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestHappensBefore synchronizes access to memory by a connection: a receive
// happens after the send of the data, and may write where that was sent from.
// There is little to see but under the race detector, which must not report it.
func TestHappensBefore(t *testing.T) {
	c, s := msgPair(t)
	sends := append(slices.Clone(senders), []struct {
		name string
		send func(*streamsock.Conn, []byte) (int64, error)
	}{
		{"TryWrite", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.TryWrite(p)) }},
		{"1025 slices", func(c *streamsock.Conn, p []byte) (int64, error) {
			return c.Writev(append(make([][]byte, 1025), inThree(p)...))
		}},
	}...)
	receives := append(slices.Clone(receivers), []struct {
		name    string
		receive func(*streamsock.Conn, []byte) (int64, error)
	}{
		{"TryRead", func(c *streamsock.Conn, p []byte) (int64, error) {
			for {
				if n, err := c.TryRead(p); err != streamsock.ErrWouldBlock {
					return int64(n), err
				}
				runtime.Gosched()
			}
		}},
		{"Trunc", func(c *streamsock.Conn, p []byte) (int64, error) {
			if n, err := c.Recv(p, streamsock.Trunc); !errors.Is(err, errors.ErrUnsupported) {
				return int64(n), err
			}
			return wide(c.Read(p))
		}},
	}...)
	for _, w := range sends {
		for _, r := range receives {
			t.Run(w.name+" to "+r.name, func(t *testing.T) {
				shared := 0
				data := []byte("shared")
				var wg sync.WaitGroup
				defer wg.Wait()
				wg.Go(func() {
					shared = 1
					if n, err := w.send(c, data); n != 6 || err != nil {
						t.Errorf("%d, %v", n, err)
					}
				})
				p := make([]byte, 6)
				if n, err := r.receive(s, p); n != 6 || err != nil {
					t.Errorf("%d, %v", n, err)
				}
				if shared != 1 {
					t.Error("received before it was sent")
				}
				shared = 2
				if w.name != "Write" { // which reports its progress only at the end
					copy(data, p)
				}
				if r.name == "Peek" {
					take(t, s, p)
				}
			})
		}
	}
}

// TestAnswerSharesMemory is a server that works in the memory of its client,
// which waits for the answer.
func TestAnswerSharesMemory(t *testing.T) {
	c, s := msgPair(t)
	request := make([]byte, 100)
	var wg sync.WaitGroup
	wg.Go(func() {
		p := make([]byte, 100)
		for {
			if n, err := s.Recv(p, streamsock.WaitAll); err == io.EOF && n == 0 {
				return
			} else if err != nil {
				t.Error(err)
				return
			}
			for i := range request {
				request[i]++
			}
			s.Writev(inThree(p))
		}
	})
	answer := make([]byte, 100)
	for i := range 50 {
		c.Writev(inThree(request))
		for left := answer; len(left) > 0; {
			n, err := c.Readv(inThree(left))
			if err != nil {
				t.Error(err)
				c.Close() // which ends the server too
				break
			}
			left = left[n:]
		}
		if t.Failed() {
			break
		}
		if answer[0] != byte(i) || request[99] != byte(i+1) {
			t.Errorf("round %d: %d, %d", i, answer[0], request[99])
		}
	}
	c.CloseWrite()
	wg.Wait()
}
