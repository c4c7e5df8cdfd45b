// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/tcpinfo"
)

var past = time.Unix(1, 0)

// A call runs in a separate goroutine.
type call struct {
	head string // with which the goroutine's stack begins
	done chan outcome
}

type outcome struct {
	n   int64
	err error
}

// blocks waits until the call does, and fails the test if it does not.
func (c *call) blocks(t testing.TB) {
	t.Helper()
	if !c.settles(t) {
		n, err := c.end(t)
		t.Fatalf("the call does not wait: %d, %v", n, err)
	}
}

// settles waits until the call blocks or ends and reports whether it blocks:
// whether its goroutine is parked, which the runtime writes into its stack: in
// its poller, in a select of ours, or after another call of the kind. On the
// way there are no other waits.
func (c *call) settles(t testing.TB) (blocks bool) {
	t.Helper()
	b := make([]byte, 1<<20)
	until(t, "the call blocks", func() bool {
		stacks := string(b[:runtime.Stack(b, true)])
		_, stack, _ := strings.Cut(stacks, c.head)
		stack, _, _ = strings.Cut(stack, "\n\n")
		in := func(state, function string) bool {
			return strings.HasPrefix(stack, state) && strings.Contains(stack, function)
		}
		blocks = blocks || in("[IO wait", "") || in("[select", "") || in("[semacquire", "internal/poll.") ||
			in(pollState, "Poller).Wait(") || in(pollState, "os.(*File).Read(") // a pipe of Windows
		return blocks || len(c.done) > 0
	})
	return blocks
}

// end waits for the end of the call.
func (c *call) end(t testing.TB) (int64, error) {
	t.Helper()
	select {
	case o := <-c.done:
		return o.n, o.err
	case <-time.After(patience):
		t.Fatalf("the call hangs\n%s", testnet.Stacks())
		return 0, nil
	}
}

// ends checks how the call ends.
func (c *call) ends(t testing.TB, wantN int, wantErr error) {
	t.Helper()
	if n, err := c.end(t); n != int64(wantN) || !errors.Is(err, wantErr) {
		t.Errorf("%d, %v, want %d, %v", n, err, wantN, wantErr)
	}
}

// The calls that wait until there is something to read. That of package net is
// here as well: it must pass the same checks.
var receivers = []struct {
	name    string
	receive func(c *streamsock.Conn, p []byte) (int64, error)
}{
	{"Read", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Read(p)) }},
	{"Readv", func(c *streamsock.Conn, p []byte) (int64, error) { return c.Readv(inThree(p)) }},
	{"Recv", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Recv(p, 0)) }},
	{"Recvmsg", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Recvmsg(inThree(p), 0)) }},
	{"Peek", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Peek(p)) }},
	{"WaitAll", func(c *streamsock.Conn, p []byte) (int64, error) {
		return wide(c.Recvmsg(inThree(p), streamsock.WaitAll))
	}},
}

// The calls that wait until all is written, and that of package net.
var senders = []struct {
	name string
	send func(c *streamsock.Conn, p []byte) (int64, error)
}{
	{"Write", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Write(p)) }},
	{"Writev", func(c *streamsock.Conn, p []byte) (int64, error) { return c.Writev(inThree(p)) }},
	{"Send", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Send(p, 0)) }},
	{"Sendmsg", func(c *streamsock.Conn, p []byte) (int64, error) { return wide(c.Sendmsg(inThree(p), 0)) }},
}

const guard = 0xee

// A tray has slices to read into, with guard bytes on both sides of each.
type tray struct {
	sizes []int
	mem   []byte
	bufs  [][]byte
	given [][]byte // a copy of the list
}

// holds checks that only data was written to the slices, one after the other,
// and that the list of them is as it was.
func (tr *tray) holds(t testing.TB, data []byte) {
	t.Helper()
	want := newTray(tr.sizes)
	for _, b := range want.bufs {
		data = data[copy(b, data):]
	}
	if len(data) > 0 {
		t.Errorf("%d bytes too many for the slices", len(data))
	}
	for i := range want.mem {
		if tr.mem[i] != want.mem[i] {
			t.Errorf("byte %d of %d is %#x, want %#x", i, len(want.mem), tr.mem[i], want.mem[i])
			break
		}
	}
	testSameList(t, tr.bufs, tr.given)
}

// Lists with sizes around the limit of one system call: 1,024 slices, or 16.
var lists = map[string][]int{
	"1":               {1},
	"one":             {5000},
	"2":               {1, 1},
	"3":               {100, 20000, 3},
	"15 of 1":         slices.Repeat([]int{1}, 15),
	"16 of 1":         slices.Repeat([]int{1}, 16),
	"17 of 1":         slices.Repeat([]int{1}, 17),
	"1023 of 1":       slices.Repeat([]int{1}, 1023),
	"1024 of 1":       slices.Repeat([]int{1}, 1024),
	"1025 of 1":       slices.Repeat([]int{1}, 1025),
	"1025 of 20":      slices.Repeat([]int{20}, 1025),
	"2049 of 1":       slices.Repeat([]int{1}, 2049),
	"empty first":     {0, 0, 7, 9},
	"empty last":      {7, 9, 0, 0},
	"empty between":   {3, 0, 4, 0, 0, 5},
	"1024 and empty":  append(slices.Repeat([]int{1}, 1024), 0, 0),
	"every other of":  slices.Repeat([]int{0, 2, 1}, 800),
	"1024 empty, one": append(slices.Repeat([]int{0}, 1024), 9),
}

// TestReadv reads into every list when there is just enough, more, and less.
func TestReadv(t *testing.T) {
	c, s := msgPair(t)
	for how, receive := range map[string]func([][]byte) (int64, error){
		"Readv":   s.Readv,
		"Recvmsg": func(b [][]byte) (int64, error) { return wide(s.Recvmsg(b, 0)) },
		"WaitAll": func(b [][]byte) (int64, error) { return wide(s.Recvmsg(b, streamsock.WaitAll)) },
		"TryRead": func(b [][]byte) (int64, error) { return wide(s.Recvmsg(b, streamsock.DontWait)) },
	} {
		for name, sizes := range lists {
			total := sum(sizes)
			for _, there := range []int{total, total + 7, total - 1, (total + 1) / 2} {
				want := min(there, total)
				if there == 0 || how == "WaitAll" && there < total {
					continue // it would wait
				}
				t.Run(fmt.Sprintf("%s/%s/%d of %d", how, name, there, total), func(t *testing.T) {
					data := ascii(there)
					put(t, c, s, data)
					tr := newTray(sizes)
					n, err := promptly(t, func() (int64, error) { return receive(tr.bufs) })
					if n != int64(want) || err != nil {
						t.Errorf("%d, %v, want %d", n, err, want)
					}
					tr.holds(t, data[:want])
					take(t, s, data[want:])
				})
			}
		}
	}
}

// TestNoBuffers checks that a call without room for a byte, or without a byte,
// does nothing, and returns immediately.
func TestNoBuffers(t *testing.T) {
	c, s := msgPair(t)
	var calls = map[string]func() (int64, error){
		"Recv":    func() (int64, error) { return wide(s.Recv(nil, 0)) },
		"Peek":    func() (int64, error) { return wide(s.Peek([]byte{})) },
		"TryRead": func() (int64, error) { return wide(s.TryRead(nil)) },
		"Send":    func() (int64, error) { return wide(c.Send(nil, 0)) },
		"TryWrite": func() (int64, error) {
			return wide(c.TryWrite([]byte{}))
		},
		"Send OOB": func() (int64, error) { return wide(c.Send(nil, streamsock.OOB)) },
	}
	for name, list := range map[string][][]byte{
		"nil": nil, "none": {}, "one empty": {nil}, "empty": {{}, nil, {}}, "many": make([][]byte, 1025),
	} {
		calls["Readv "+name] = func() (int64, error) { return s.Readv(list) }
		calls["Recvmsg "+name] = func() (int64, error) { return wide(s.Recvmsg(list, 0)) }
		calls["WaitAll "+name] = func() (int64, error) { return wide(s.Recvmsg(list, streamsock.WaitAll)) }
		calls["Writev "+name] = func() (int64, error) { return c.Writev(list) }
		calls["Sendmsg "+name] = func() (int64, error) { return wide(c.Sendmsg(list, 0)) }
	}
	for name, f := range calls {
		if n, err := promptly(t, f); n != 0 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	put(t, c, s, []byte("x"))
	for name, f := range calls { // nor may they consume available data
		if n, err := promptly(t, f); n != 0 || err != nil {
			t.Errorf("%s, with a byte there: %d, %v", name, n, err)
		}
	}
	take(t, s, []byte("x"))
}

// TestReceiveEOF ends the stream immediately, and after some bytes.
func TestReceiveEOF(t *testing.T) {
	for _, r := range receivers {
		t.Run(r.name, func(t *testing.T) {
			c, s := msgPair(t)
			put(t, c, s, []byte("end"))
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			p := []byte("........")
			n, err := r.receive(s, p)
			if r.name == "WaitAll" { // the end is why it is short
				if n != 3 || err != io.EOF || string(p) != "end....." {
					t.Errorf("%d, %v, %q", n, err, p)
				}
			} else if n != 3 || err != nil || string(p) != "end....." {
				t.Errorf("%d, %v, %q", n, err, p)
			}
			if r.name == "Peek" {
				take(t, s, []byte("end"))
			}
			for range 2 {
				if n, err := r.receive(s, p); n != 0 || err != io.EOF {
					t.Errorf("%d, %v, want io.EOF itself", n, err)
				}
			}
		})
	}
	t.Run("1024 of 1025", func(t *testing.T) {
		c, s := msgPair(t)
		data := ascii(1024)
		put(t, c, s, data)
		c.CloseWrite()
		tr := newTray(slices.Repeat([]int{1}, 1025))
		if n, err := s.Readv(tr.bufs); n != 1024 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		tr.holds(t, data)
		if n, err := s.Readv(tr.bufs); n != 0 || err != io.EOF {
			t.Errorf("%d, %v, want io.EOF", n, err)
		}
	})
}

// TestReceiveWakes wakes a call in every way, and has it work again after each.
func TestReceiveWakes(t *testing.T) {
	for _, r := range receivers {
		t.Run(r.name, func(t *testing.T) {
			c, s := msgPair(t)
			p := []byte("......")
			receive := func() (int64, error) { return r.receive(s, p) }
			times := func(n int64, err error) {
				t.Helper()
				if n != 0 || string(p) != "......" {
					t.Errorf("%d bytes at the deadline, %q", n, p)
				}
				testOpError(t, s, "read", err, os.ErrDeadlineExceeded)
			}
			arrives := func() {
				t.Helper()
				s.SetReadDeadline(time.Time{})
				waiting := begin(receive)
				waiting.blocks(t)
				c.Write([]byte("sixsix"))
				waiting.ends(t, 6, nil)
				if string(p) != "sixsix" {
					t.Errorf("%q", p)
				}
				if r.name == "Peek" {
					take(t, s, p)
				}
				copy(p, "......")
			}

			arrives()
			for _, when := range []func() time.Time{
				func() time.Time { return past },
				time.Now,
				func() time.Time { return time.Now().Add(10 * time.Millisecond) },
			} {
				waiting := begin(receive)
				waiting.blocks(t)
				s.SetReadDeadline(when())
				times(waiting.end(t))
				arrives()
			}

			s.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
			times(promptly(t, receive))
			times(promptly(t, receive)) // it has passed now
			put(t, c, s, []byte("early!"))
			times(promptly(t, receive)) // Read does not look either
			s.SetReadDeadline(time.Time{})
			take(t, s, []byte("early!"))
			arrives()

			waiting := begin(receive)
			waiting.blocks(t)
			s.Close()
			n, err := waiting.end(t)
			if n != 0 || string(p) != "......" {
				t.Errorf("%d bytes, %q", n, p)
			}
			testOpError(t, s, "read", err, net.ErrClosed)
			_, err = promptly(t, receive)
			testOpError(t, s, "read", err, net.ErrClosed)
		})
	}
}

// TestReceiveReset has the peer reset the connection while a call waits.
func TestReceiveReset(t *testing.T) {
	for _, r := range receivers {
		t.Run(r.name, func(t *testing.T) {
			c, s := msgPair(t)
			waiting := begin(func() (int64, error) { return r.receive(s, make([]byte, 9)) })
			waiting.blocks(t)
			c.SetLinger(0)
			c.Close()
			n, err := waiting.end(t)
			if n != 0 {
				t.Errorf("%d bytes", n)
			}
			if onWine && err == io.EOF {
				return // it reports one of the two
			}
			testOpError(t, s, "read", err, errno(syscall.ECONNRESET, 10054))
		})
	}
}

// TestWritev writes every list, and the list stays as it was.
func TestWritev(t *testing.T) {
	c, s := msgPair(t)
	for how, send := range map[string]func([][]byte) (int64, error){
		"Writev":   c.Writev,
		"Sendmsg":  func(b [][]byte) (int64, error) { return wide(c.Sendmsg(b, 0)) },
		"TryWrite": func(b [][]byte) (int64, error) { return wide(c.Sendmsg(b, streamsock.DontWait)) },
	} {
		for name, sizes := range lists {
			t.Run(how+"/"+name, func(t *testing.T) {
				data := ascii(sum(sizes))
				bufs := cut(slices.Clone(data), sizes)
				given := slices.Clone(bufs)
				if n, err := send(bufs); n != int64(len(data)) || err != nil {
					t.Errorf("%d, %v, want %d", n, err, len(data))
				}
				testSameList(t, bufs, given)
				if !bytes.Equal(bytes.Join(bufs, nil), data) {
					t.Error("the caller's bytes were changed")
				}
				take(t, s, data)
			})
		}
	}
}

// TestWritevLarge writes more than the buffers of the system take, in few
// slices and in many, to a reader that begins only when the writer waits and
// then reads little at a time.
func TestWritevLarge(t *testing.T) {
	for name, sizes := range map[string][]int{
		"3 slices":    {2<<20 + 1, 2 << 20, 2<<20 - 5},
		"1025 slices": slices.Repeat([]int{5001}, 1025),
	} {
		for _, w := range senders {
			if w.name == "Write" {
				continue
			}
			t.Run(name+"/"+w.name, func(t *testing.T) {
				c, s := tightPair(t)
				data := ascii(sum(sizes))
				bufs := cut(data, sizes)
				given := slices.Clone(bufs)
				writing := begin(func() (int64, error) {
					switch w.name {
					case "Writev":
						return c.Writev(bufs)
					case "Sendmsg":
						return wide(c.Sendmsg(bufs, 0))
					}
					return w.send(c, data)
				})
				writing.blocks(t)
				got := make([]byte, 0, len(data))
				for len(got) < len(data) {
					n, err := s.Read(got[len(got):min(len(got)+60_000, len(data))])
					if err != nil {
						t.Fatal(err)
					}
					got = got[:len(got)+n]
				}
				writing.ends(t, len(data), nil)
				if !bytes.Equal(got, data) {
					t.Error("the bytes differ")
				}
				testSameList(t, bufs, given)
			})
		}
	}
}

// TestSendDeadline has deadlines end a call for which there is not enough room.
// The n that it returns reports where to continue.
func TestSendDeadline(t *testing.T) {
	for _, w := range senders {
		t.Run(w.name, func(t *testing.T) {
			c, s := tightPair(t)
			data := ascii(1 << 20)
			var done int64
			times := func(n int64, err error) {
				t.Helper()
				testOpError(t, c, "write", err, os.ErrDeadlineExceeded)
				done += n
			}
			send := func() (int64, error) { return w.send(c, data[done:]) }

			c.SetWriteDeadline(past)
			times(promptly(t, send))
			if done != 0 {
				t.Errorf("%d bytes after the deadline", done)
			}
			// A slow machine may not get to the first byte in time.
			for wait := 20 * time.Millisecond; done == 0 && !t.Failed(); wait *= 2 {
				c.SetWriteDeadline(time.Now().Add(wait))
				times(promptly(t, send))
			}
			if done >= int64(len(data)) {
				t.Errorf("%d bytes of %d before the deadline", done, len(data))
			}
			for _, when := range []func() time.Time{time.Now, func() time.Time { return past }} {
				c.SetWriteDeadline(time.Time{})
				writing := begin(send)
				writing.blocks(t)
				c.SetWriteDeadline(when())
				times(writing.end(t))
				take(t, s, data[:1000]) // some room for the next
				data, done = data[1000:], done-1000
			}

			c.SetWriteDeadline(time.Time{})
			writing := begin(func() (int64, error) {
				n, err := send()
				c.CloseWrite()
				return n, err
			})
			takeRest(t, s, data)
			writing.ends(t, len(data)-int(done), nil)
		})
	}
}

// TestSendClose closes the connection under a call that waits. The data that it
// wrote by then arrives.
func TestSendClose(t *testing.T) {
	for _, w := range senders {
		t.Run(w.name, func(t *testing.T) {
			c, s := tightPair(t)
			data := ascii(1 << 20)
			send := func() (int64, error) { return w.send(c, data) }
			writing := begin(send)
			writing.blocks(t)
			c.Close()
			n, err := writing.end(t)
			testOpError(t, c, "write", err, net.ErrClosed)
			if n == 0 || n >= int64(len(data)) {
				t.Fatalf("%d bytes of %d", n, len(data))
			}
			takeRest(t, s, data[:n])
			n, err = promptly(t, send)
			if n != 0 {
				t.Errorf("%d bytes after Close", n)
			}
			testOpError(t, c, "write", err, net.ErrClosed)
		})
	}
}

// TestSendReset has the peer reset the connection under a call that waits.
func TestSendReset(t *testing.T) {
	for _, w := range senders {
		t.Run(w.name, func(t *testing.T) {
			c, s := tightPair(t)
			data := ascii(1 << 20)
			writing := begin(func() (int64, error) { return w.send(c, data) })
			writing.blocks(t)
			take(t, s, data[:9])
			s.SetLinger(0)
			s.Close()
			n, err := writing.end(t)
			testOpError(t, c, "write", err, errno(syscall.ECONNRESET, 10054))
			if n < 9 || n >= int64(len(data)) {
				t.Errorf("%d bytes of %d", n, len(data))
			}
			_, err = promptly(t, func() (int64, error) { return w.send(c, data) })
			testOpError(t, c, "write", err, errno(syscall.EPIPE, 10054))
		})
	}
}

// readFrame reads a frame and checks it.
func readFrame(r io.Reader) (writer, number int, err error) {
	b := make([]byte, 12)
	if _, err := io.ReadFull(r, b); err != nil {
		return 0, 0, err
	}
	load := binary.BigEndian.Uint32(b)
	if load > 1<<20 {
		return 0, 0, fmt.Errorf("a frame of %d bytes", load)
	}
	b = append(b, make([]byte, load+4)...)
	if _, err := io.ReadFull(r, b[12:]); err != nil {
		return 0, 0, err
	}
	data, check := b[:12+load], binary.BigEndian.Uint32(b[12+load:])
	if crc32.ChecksumIEEE(data) != check {
		return 0, 0, errors.New("checksum")
	}
	return int(binary.BigEndian.Uint32(b[4:])), int(binary.BigEndian.Uint32(b[8:])), nil
}

// TestWritersTakeTurns has goroutines write frames, each larger than what one
// system call accepts, by every call that writes all or nothing. The frames
// must not be mixed.
func TestWritersTakeTurns(t *testing.T) {
	const writers, frames, load = 8, 8, 80 << 10
	c, s := tightPair(t)
	ways := []func([]byte) (int64, error){
		func(b []byte) (int64, error) { return c.Writev(cut(b, slices.Repeat([]int{7, 0, 100, 3000}, 20))) },
		func(b []byte) (int64, error) { return wide(c.Write(b)) },
		func(b []byte) (int64, error) { return c.Writev(cut(b, slices.Repeat([]int{60}, 1200))) },
		func(b []byte) (int64, error) { buffers := net.Buffers(inThree(b)); return buffers.WriteTo(c) },
		func(b []byte) (int64, error) { return wide(c.Sendmsg(inThree(b), 0)) },
		func(b []byte) (int64, error) { return wide(c.Send(b, 0)) },
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range frames {
				b := frame(w, i, load+w)
				if n, err := ways[(w+i)%len(ways)](b); n != int64(len(b)) || err != nil {
					t.Errorf("way %d: %d of %d, %v", (w+i)%len(ways), n, len(b), err)
					c.Close()
					return
				}
			}
		})
	}
	r := bufio.NewReader(s)
	var next [writers]int
	for range writers * frames {
		w, i, err := readFrame(r)
		if err != nil || w >= writers || next[w] != i {
			t.Errorf("frame %d of writer %d: %v", i, w, err)
			s.Close()
			break
		}
		next[w]++
	}
	wg.Wait()
}

// TestPeek looks at bytes and then reads them.
func TestPeek(t *testing.T) {
	c, s := msgPair(t)
	put(t, c, s, []byte("abcdef"))
	for _, size := range []int{1, 6, 3, 6, 100, 2} {
		want := "abcdef"[:min(size, 6)]
		for how, peek := range map[string]func([]byte) (int64, error){
			"Peek":     func(p []byte) (int64, error) { return wide(s.Peek(p)) },
			"Recvmsg":  func(p []byte) (int64, error) { return wide(s.Recvmsg(inThree(p), streamsock.Peek)) },
			"DontWait": func(p []byte) (int64, error) { return wide(s.Recv(p, streamsock.Peek|streamsock.DontWait)) },
			// There is no event for data that stays in the buffer.
			"WaitAll": func(p []byte) (int64, error) { return wide(s.Recv(p, streamsock.Peek|streamsock.WaitAll)) },
		} {
			tr := newTray([]int{size})
			n, err := promptly(t, func() (int64, error) { return peek(tr.bufs[0]) })
			if n != int64(len(want)) || err != nil {
				t.Errorf("%s of %d: %d, %v", how, size, n, err)
			}
			tr.holds(t, []byte(want))
		}
	}
	// Package net's poller has forgotten by now that there was something.
	take(t, s, []byte("ab"))
	p := make([]byte, 9)
	if n, err := promptly(t, func() (int, error) { return s.Peek(p) }); string(p[:n]) != "cdef" || err != nil {
		t.Errorf("%q, %v", p[:n], err)
	}
	put(t, c, s, []byte("gh"))
	awaitBytes(t, s, 6)
	if n, err := s.Peek(p); string(p[:n]) != "cdefgh" || err != nil {
		t.Errorf("%q, %v", p[:n], err)
	}
	take(t, s, []byte("cdefgh"))
	if n, err := s.Recv(p, streamsock.Peek|streamsock.DontWait); n != 0 || err != streamsock.ErrWouldBlock {
		t.Errorf("%d, %v", n, err)
	}
}

// TestBufferedBefore checks that a call finds bytes of which package net's
// poller was notified before, and which it has forgotten: it reports them only
// once.
func TestBufferedBefore(t *testing.T) {
	for _, r := range receivers {
		t.Run(r.name, func(t *testing.T) {
			c, s := msgPair(t)
			waiting := begin(func() (int64, error) { return r.receive(s, make([]byte, 1)) })
			waiting.blocks(t)
			c.Write([]byte("x"))
			waiting.ends(t, 1, nil)
			c.Write([]byte("123456"))
			awaitBytes(t, s, 6)
			if r.name == "Peek" {
				take(t, s, []byte("x"))
			}
			p := make([]byte, 2)
			for _, want := range []string{"12", "34", "56"} {
				n, err := promptly(t, func() (int64, error) { return r.receive(s, p) })
				if n != 2 || err != nil || string(p) != want {
					t.Errorf("%d, %v, %q, want %q", n, err, p, want)
				}
				if r.name == "Peek" {
					take(t, s, p)
				}
			}
		})
	}
}

// TestTryRead checks that TryRead does not block, whatever happens at the same
// time.
func TestTryRead(t *testing.T) {
	c, s := msgPair(t)
	p := []byte("....")
	try := func() (int, error) { return s.TryRead(p) }
	nothing := func(when string) {
		t.Helper()
		if n, err := promptly(t, try); n != 0 || err != streamsock.ErrWouldBlock || string(p) != "...." {
			t.Errorf("%s: %d, %v, %q, want ErrWouldBlock itself", when, n, err, p)
		}
	}
	something := func(when string) {
		t.Helper()
		put(t, c, s, []byte("abcdef"))
		for _, want := range []string{"abcd", "ef.."} {
			n, err := promptly(t, try)
			if n != int64(len(strings.Trim(want, "."))) || err != nil || string(p) != want {
				t.Errorf("%s: %d, %v, %q", when, n, err, p)
			}
			copy(p, "....")
		}
	}

	nothing("nothing there")
	something("bytes there")
	nothing("nothing there any more")
	s.SetReadDeadline(past)
	nothing("behind the deadline")
	something("behind the deadline")
	s.SetReadDeadline(time.Time{})

	for _, r := range receivers {
		q := make([]byte, 3)
		waiting := begin(func() (int64, error) { return r.receive(s, q) })
		waiting.blocks(t)
		nothing("beside " + r.name)
		waiting.blocks(t)
		c.Write([]byte("xyz"))
		waiting.ends(t, 3, nil)
		if string(q) != "xyz" {
			t.Errorf("%s: %q", r.name, q)
		}
		if r.name == "Peek" {
			take(t, s, q)
		}
	}

	c.CloseWrite()
	until(t, "the end arrives", func() bool { _, err := s.TryRead(p); return err != streamsock.ErrWouldBlock })
	if n, err := s.TryRead(p); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
	s.Close()
	n, err := s.TryRead(p)
	if n != 0 {
		t.Errorf("closed: %d", n)
	}
	testOpError(t, s, "read", err, net.ErrClosed)
}

// TestTryWrite checks that TryWrite does not wait, and reports how much it
// wrote.
func TestTryWrite(t *testing.T) {
	c, s := tightPair(t)
	data := ascii(1 << 20)
	if n, err := c.TryWrite(data[:10]); n != 10 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	n, err := c.TryWrite(data[10:])
	if n <= 0 || n >= len(data)-10 || err != streamsock.ErrWouldBlock {
		t.Fatalf("%d, %v, want a part and ErrWouldBlock itself", n, err)
	}
	n = fill(t, c, s, data, 10+n)
	full := func(when string) {
		t.Helper()
		for how, try := range map[string]func() (int, error){
			"TryWrite": func() (int, error) { return c.TryWrite(data[n:]) },
			"Sendmsg":  func() (int, error) { return c.Sendmsg(inThree(data[n:]), streamsock.DontWait) },
		} {
			k, err := promptly(t, try)
			if err != streamsock.ErrWouldBlock {
				t.Errorf("%s %s: %d, %v", how, when, k, err)
			}
			n += int(k)
		}
	}
	full("without room")
	c.SetWriteDeadline(past)
	full("behind the deadline")
	take(t, s, data[:n])
	if k, err := c.TryWrite(data[n : n+1]); k != 1 || err != nil {
		t.Errorf("with room after the deadline: %d, %v", k, err)
	}
	c.Close()
	takeRest(t, s, data[n:n+1])
	k, err := c.TryWrite(data)
	if k != 0 {
		t.Errorf("closed: %d", k)
	}
	testOpError(t, c, "write", err, net.ErrClosed)
}

// TestTryWriteBeside calls TryWrite while another goroutine waits for room. Its
// byte may be sent among those of the other, but none is lost.
func TestTryWriteBeside(t *testing.T) {
	for _, w := range senders {
		t.Run(w.name, func(t *testing.T) {
			c, s := tightPair(t)
			data := ascii(1 << 20)
			writing := begin(func() (int64, error) {
				n, err := w.send(c, data)
				c.CloseWrite()
				return n, err
			})
			writing.blocks(t)
			mark := []byte{0xff} // not in data
			sent := 0
			for range 3 {
				k, err := promptly(t, func() (int, error) { return c.TryWrite(mark) })
				if k == 0 && err != streamsock.ErrWouldBlock || k == 1 && err != nil {
					t.Errorf("%d, %v", k, err)
				}
				sent += int(k)
			}
			writing.blocks(t)
			got, err := io.ReadAll(s)
			if len(got) != len(data)+sent || err != nil {
				t.Errorf("%d bytes, want %d and %d, %v", len(got), len(data), sent, err)
			}
			if !bytes.Equal(bytes.ReplaceAll(got, mark, nil), data) {
				t.Error("the bytes differ")
			}
			writing.ends(t, len(data), nil)
		})
	}
}

// TestAvailable counts bytes as they are received and read.
func TestAvailable(t *testing.T) {
	c, s := msgPair(t)
	if err := s.SetReadBuffer(200 << 10); err != nil {
		t.Fatal(err)
	}
	is := func(want int) {
		t.Helper()
		if n, err := s.Available(); n != want || err != nil {
			t.Errorf("%d, %v, want %d", n, err, want)
		}
	}
	is(0)
	put(t, c, s, ascii(1000))
	is(1000)
	c.Write(ascii(70_000)) // more than two bytes can count
	awaitBytes(t, s, 71_000)
	is(71_000)
	s.Peek(make([]byte, 500))
	is(71_000)
	io.ReadFull(s, make([]byte, 70_990))
	is(10)
	s.SetReadDeadline(past)
	is(10)
	s.TryRead(make([]byte, 10))
	is(0)
	s.SetReadDeadline(time.Time{})
	waiting := begin(func() (int, error) { return s.Read(make([]byte, 1)) })
	waiting.blocks(t)
	if n, err := promptly(t, s.Available); n != 0 || err != nil {
		t.Errorf("beside Read: %d, %v", n, err)
	}
	c.Close()
	waiting.ends(t, 0, io.EOF)
	is(0)
	s.Close()
	if n, err := s.Available(); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %d, %v", n, err)
	}
}

// TestWouldBlock checks that the error also matches that of the system, and is
// not a timeout.
func TestWouldBlock(t *testing.T) {
	c, _ := msgPair(t)
	_, err := c.TryRead(make([]byte, 1))
	if err != streamsock.ErrWouldBlock || !errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) || os.IsTimeout(err) {
		t.Error(err)
	}
}

// TestUnacked counts what the peer's system has not acknowledged: all that was
// written less what can be read.
func TestUnacked(t *testing.T) {
	c, s := tightPair(t)
	if n, err := c.Unacked(); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	} else if n != 0 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	data := ascii(1 << 20)
	written := fill(t, c, s, data, 0)
	until(t, "what is unsent and what is available are what was written", func() bool {
		unacked, err1 := c.Unacked()
		available, err2 := s.Available()
		if err1 != nil || err2 != nil || unacked <= 0 || available <= 0 {
			t.Fatalf("%d unacknowledged, %v, %d available, %v", unacked, err1, available, err2)
		}
		return unacked+available == written
	})
	if n, err := s.Unacked(); n != 0 || err != nil {
		t.Errorf("the other end: %d, %v", n, err)
	}
	unsent, unsentErr := c.Unsent()
	if i, err := c.Info(); unsentErr == nil && err == nil && i.Has(tcpinfo.FieldNotSent) && (unsent == 0 || i.NotSent != int64(unsent)) {
		t.Errorf("%d are unsent, by TCP_INFO %d", unsent, i.NotSent)
	}
	before, _ := c.Unacked()
	c.CloseWrite()
	if n, err := c.Unacked(); n != before || err != nil {
		t.Errorf("%d are not acknowledged after CloseWrite, %v, before %d", n, err, before)
	}
	if n, _ := c.Unsent(); n != unsent {
		t.Errorf("%d are unsent after CloseWrite, before %d", n, unsent)
	}
	take(t, s, data[:written])
	until(t, "all is acknowledged", func() bool {
		n, err := c.Unacked()
		if err != nil {
			t.Fatal(err)
		}
		return n == 0
	})
	if n, err := c.Unsent(); n != 0 || err != nil && unsentErr == nil {
		t.Errorf("at the end %d are unsent, %v", n, err)
	}
	c.Close()
	if n, err := c.Unacked(); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %d, %v", n, err)
	}
}

// TestCallersMemory checks that no call keeps the caller's memory. What it uses
// again is in a pool; a small call between two collections keeps that from
// being emptied, which would hide it. One processor keeps the pool in one
// piece.
func TestCallersMemory(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	c, s := msgPair(t)
	c.Write(ascii(1 << 16)) // for those that read
	full, _ := tightPair(t)
	bytesOf := func(p []byte, n int) [][]byte { return cut(p[:n], slices.Repeat([]int{1}, n-1)) }
	for name, use := range map[string]func(p []byte){
		"Recv":         func(p []byte) { s.Recv(p[:5], 0) },
		"Readv":        func(p []byte) { s.Readv(inThree(p[:9])) },
		"Readv 1024":   func(p []byte) { s.Readv(bytesOf(p, 1024)) },
		"Readv 1025":   func(p []byte) { s.Readv(bytesOf(p, 1025)) },
		"Readv 2048":   func(p []byte) { s.Readv(bytesOf(p, 2048)) },
		"Peek":         func(p []byte) { s.Peek(p[:9]) },
		"TryRead":      func(p []byte) { s.TryRead(p[:9]) },
		"would block":  func(p []byte) { c.TryRead(p[:9]) },
		"bad flags":    func(p []byte) { c.Recvmsg(inThree(p[:9]), streamsock.More) },
		"Send":         func(p []byte) { c.Send(p[:5], 0) },
		"Writev":       func(p []byte) { c.Writev(inThree(p[:9])) },
		"Writev 1025":  func(p []byte) { c.Writev(bytesOf(p, 1025)) },
		"Writev 2000":  func(p []byte) { c.Writev(bytesOf(p, 2000)) },
		"TryWrite":     func(p []byte) { c.TryWrite(p[:9]) },
		"Send OOB":     func(p []byte) { c.Send(p[:9], streamsock.OOB) },
		"Sendmsg OOB":  func(p []byte) { c.Sendmsg(inThree(p[:9]), streamsock.OOB) },
		"Sendmsg part": func(p []byte) { full.Sendmsg(slices.Repeat([][]byte{p}, 100), streamsock.DontWait) },
	} {
		collected := make(chan struct{})
		func() {
			p := make([]byte, 64<<10)
			runtime.AddCleanup(&p[0], func(c chan struct{}) { close(c) }, collected)
			use(p)
		}()
		gone := false
		for i := 0; i < 10 && !gone; i++ {
			runtime.GC()
			c.TryRead(nil)
			select {
			case <-collected:
				gone = true
			case <-time.After(5 * time.Millisecond):
			}
		}
		if !gone {
			t.Errorf("%s keeps the memory", name)
		}
	}
}

// FuzzSlices cuts a payload by shape at one end, and by its reverse at the
// other.
func FuzzSlices(f *testing.F) {
	f.Add([]byte{}, []byte("x"))
	f.Add([]byte{0}, []byte{})
	f.Add([]byte{0, 1, 0, 2, 0}, []byte("some bytes"))
	f.Add([]byte{255, 3, 0}, ascii(5000))
	f.Add([]byte{255, 255, 1}, ascii(5000))
	f.Add([]byte{231, 0}, ascii(1024))
	f.Add([]byte{231}, ascii(1025))
	f.Add([]byte{100, 0, 199, 220}, ascii(300_000))
	f.Fuzz(func(t *testing.T, shape, payload []byte) {
		c, s := msgPair(t)
		c.SetLinger(0) // leave no port in TIME_WAIT
		s.SetLinger(0)
		bufs := cut(payload, sizesOf(shape))
		given := slices.Clone(bufs)
		writing := begin(func() (int64, error) { return c.Writev(bufs) })

		shape = slices.Clone(shape) // the fuzzer's argument must not be changed
		slices.Reverse(shape)
		var sizes []int
		for _, b := range cut(payload, sizesOf(shape)) {
			sizes = append(sizes, len(b))
		}
		tr := newTray(sizes)
		if len(shape)%2 == 0 {
			n, err := s.Recvmsg(tr.bufs, streamsock.WaitAll)
			if n != len(payload) || err != nil {
				t.Errorf("WaitAll: %d of %d, %v", n, len(payload), err)
			}
		} else {
			rest := slices.Clone(tr.bufs)
			for got := int64(0); got < int64(len(payload)); {
				n, err := s.Readv(rest)
				if n <= 0 || err != nil {
					t.Fatalf("Readv: %d after %d of %d, %v", n, got, len(payload), err)
				}
				got += n
				rest = behind(rest, int(n))
			}
		}
		tr.holds(t, payload)
		writing.ends(t, len(payload), nil)
		testSameList(t, bufs, given)
	})
}

// sizesOf makes sizes of bytes: each is one, or from 200 on, times 32, the
// number of slices of one byte.
func sizesOf(shape []byte) []int {
	var sizes []int
	for _, b := range shape {
		if b < 200 {
			sizes = append(sizes, int(b))
		} else {
			sizes = append(sizes, slices.Repeat([]int{1}, 32*int(b-199))...)
		}
	}
	return sizes
}
