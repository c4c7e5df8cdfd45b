// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
)

const (
	recvOnly = streamsock.Peek | streamsock.WaitAll | streamsock.Trunc
	sendOnly = streamsock.DontRoute | streamsock.More
	allFlags = streamsock.DontWait | streamsock.OOB | recvOnly | sendOnly
)

func TestFlagsString(t *testing.T) {
	for f, want := range map[streamsock.Flags]string{
		0:                                      "0",
		streamsock.DontWait:                    "DontWait",
		streamsock.Peek:                        "Peek",
		streamsock.WaitAll:                     "WaitAll",
		streamsock.OOB:                         "OOB",
		streamsock.DontRoute:                   "DontRoute",
		streamsock.More:                        "More",
		streamsock.Trunc:                       "Trunc",
		streamsock.Peek | streamsock.DontWait:  "DontWait|Peek",
		streamsock.Trunc | streamsock.OOB:      "OOB|Trunc",
		streamsock.DontRoute | streamsock.More: "DontRoute|More",
		allFlags:                               "DontWait|Peek|WaitAll|OOB|DontRoute|More|Trunc",
		1 << 7:                                 "0x80",
		streamsock.OOB | 1<<7:                  "OOB|0x80",
		255:                                    "DontWait|Peek|WaitAll|OOB|DontRoute|More|Trunc|0x80",
	} {
		if got := f.String(); got != want {
			t.Errorf("%d is %q, want %q", uint8(f), got, want)
		}
	}
}

// lacking returns those of the flags that the system lacks.
func lacking() (f streamsock.Flags) {
	for _, e := range []struct {
		flag streamsock.Flags
		sys  int
	}{
		{streamsock.Peek, sys.MsgPeek},
		{streamsock.OOB, sys.MsgOOB},
		{streamsock.DontRoute, sys.MsgDontRoute},
		{streamsock.More, sys.MsgMore},
		{streamsock.Trunc, sys.MsgTrunc},
	} {
		if e.sys == 0 {
			f |= e.flag
		}
	}
	return f
}

// TestFlagsRefused checks that flags without a meaning are rejected, and that
// nothing is received or sent then.
func TestFlagsRefused(t *testing.T) {
	c, s := msgPair(t)
	put(t, c, s, []byte("stay"))
	for i := range 256 {
		f := streamsock.Flags(i)
		for op, wrong := range map[string]streamsock.Flags{"read": sendOnly, "write": recvOnly} {
			invalid, unsupported := f&(wrong|^allFlags), f&lacking()
			if invalid == 0 && unsupported == 0 {
				continue
			}
			p := []byte("....")
			for _, call := range map[string][]func() (int, error){
				"read": {
					func() (int, error) { return s.Recv(p, f) },
					func() (int, error) { return s.Recvmsg(inThree(p), f) },
				},
				"write": {
					func() (int, error) { return c.Send(p, f) },
					func() (int, error) { return c.Sendmsg(inThree(p), f) },
				},
			}[op] {
				n, err := promptly(t, call)
				if n != 0 || string(p) != "...." {
					t.Errorf("%s %v: %d, %q", op, f, n, p)
				}
				is := os.ErrInvalid
				if invalid == 0 || unsupported != 0 && errors.Is(err, errors.ErrUnsupported) {
					is = errors.ErrUnsupported
				}
				conn := map[string]*streamsock.Conn{"read": s, "write": c}[op]
				testOpError(t, conn, op, err, is)
			}
		}
	}
	for f, name := range map[streamsock.Flags]string{streamsock.More: "More", streamsock.More | streamsock.OOB: "More", 1 << 7: "0x80"} {
		if _, err := s.Recv(make([]byte, 1), f); !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not name %s", err, name)
		}
	}
	c.CloseWrite()
	takeRest(t, s, []byte("stay"))
}

// TestWaitAll sends piece by piece, each after the one before is received.
func TestWaitAll(t *testing.T) {
	for name, sizes := range map[string][]int{
		"one":         {60},
		"three":       {1, 0, 40, 19},
		"many":        slices.Repeat([]int{1}, 60),
		"1025 slices": slices.Repeat([]int{60}, 1025),
	} {
		t.Run(name, func(t *testing.T) {
			c, s := msgPair(t)
			tr := newTray(sizes)
			data := ascii(sum(sizes))
			receiving := begin(func() (int, error) { return s.Recvmsg(tr.bufs, streamsock.WaitAll) })
			piece := len(data)/7 + 1
			for part := range slices.Chunk(data, piece) {
				receiving.blocks(t)
				c.Write(part)
				until(t, "the piece is received", func() bool { n, _ := s.Available(); return n == 0 })
			}
			receiving.ends(t, len(data), nil)
			tr.holds(t, data)
		})
	}
}

// TestWaitAllEnds ends a call when some bytes have arrived and others have not.
func TestWaitAllEnds(t *testing.T) {
	for name, end := range map[string]struct {
		do  func(c, s *streamsock.Conn)
		err error
	}{
		"end of stream": {func(c, s *streamsock.Conn) { c.CloseWrite() }, io.EOF},
		"reset":         {func(c, s *streamsock.Conn) { c.SetLinger(0); c.Close() }, errno(syscall.ECONNRESET, 10054)},
		"deadline":      {func(c, s *streamsock.Conn) { s.SetReadDeadline(past) }, os.ErrDeadlineExceeded},
		"soon": {func(c, s *streamsock.Conn) {
			s.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		}, os.ErrDeadlineExceeded},
		"Close": {func(c, s *streamsock.Conn) { s.Close() }, net.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := msgPair(t)
			tr := newTray([]int{3, 0, 9})
			receiving := begin(func() (int, error) { return s.Recvmsg(tr.bufs, streamsock.WaitAll) })
			receiving.blocks(t)
			c.Write([]byte("sever"))
			until(t, "the bytes are received", func() bool { n, _ := s.Available(); return n == 0 })
			receiving.blocks(t)
			end.do(c, s)
			n, err := receiving.end(t)
			if n != 5 {
				t.Errorf("%d bytes, want 5", n)
			}
			tr.holds(t, []byte("sever"))
			if end.err == io.EOF {
				if err != io.EOF {
					t.Errorf("%v, want io.EOF itself", err)
				}
				return
			}
			if onWine && name == "reset" && err == io.EOF {
				return // see answersReset
			}
			testOpError(t, s, "read", err, end.err)
			if end.err == os.ErrDeadlineExceeded {
				s.SetReadDeadline(time.Time{})
				c.Write([]byte("al"))
				take(t, s, []byte("al"))
			}
		})
	}
}

// TestWaitAllDontWait receives the available data, and an error because it is
// not all.
func TestWaitAllDontWait(t *testing.T) {
	c, s := msgPair(t)
	const f = streamsock.WaitAll | streamsock.DontWait
	for _, step := range []struct {
		there string
		size  int
		want  string
		err   error
	}{
		{"", 5, "", streamsock.ErrWouldBlock},
		{"abc", 5, "abc", streamsock.ErrWouldBlock},
		{"abcde", 5, "abcde", nil},
		{"abcdefg", 5, "abcde", nil},
		{"", 2, "fg", nil},
	} {
		if step.there != "" {
			put(t, c, s, []byte(step.there))
		}
		tr := newTray([]int{step.size})
		n, err := promptly(t, func() (int, error) { return s.Recv(tr.bufs[0], f) })
		if n != int64(len(step.want)) || err != step.err {
			t.Errorf("%d of %q, %v", n, step.there, err)
		}
		tr.holds(t, []byte(step.want))
	}
	put(t, c, s, []byte("end"))
	c.CloseWrite()
	p := make([]byte, 5)
	if n, err := s.Recv(p, streamsock.WaitAll); n != 3 || err != io.EOF {
		t.Errorf("%d, %v, want io.EOF", n, err)
	}
	if n, err := s.Recv(p, f); n != 0 || err != io.EOF {
		t.Errorf("%d, %v, want io.EOF", n, err)
	}
}

// TestTrunc discards bytes, if the system supports that.
func TestTrunc(t *testing.T) {
	c, s := msgPair(t)
	put(t, c, s, []byte("abcdefghi"))
	tr := newTray([]int{1, 0, 3})
	n, err := promptly(t, func() (int, error) { return s.Recvmsg(tr.bufs, streamsock.Trunc) })
	if runtime.GOOS != "linux" {
		if n != 0 || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%d, %v", n, err)
		}
		return
	}
	if n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := s.Recv(tr.mem[1:3], streamsock.Trunc|streamsock.DontWait); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	// That the bytes are looked at does not take them away.
	if n, err := s.Recv(tr.mem[1:3], streamsock.Trunc|streamsock.Peek); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	take(t, s, []byte("ghi"))
	if n, err := s.Recv(tr.mem, streamsock.Trunc|streamsock.DontWait); n != 0 || err != streamsock.ErrWouldBlock {
		t.Errorf("%d, %v", n, err)
	}

	big := newTray([]int{40_000, 30_000})
	receiving := begin(func() (int, error) { return s.Recvmsg(big.bufs, streamsock.Trunc|streamsock.WaitAll) })
	receiving.blocks(t)
	c.Write(ascii(30_000))
	until(t, "the bytes are discarded", func() bool { n, _ := s.Available(); return n == 0 })
	receiving.blocks(t)
	c.Write(ascii(40_003))
	receiving.ends(t, 70_000, nil)
	take(t, s, ascii(40_003)[40_000:])
	c.CloseWrite()
	receiving = begin(func() (int, error) { return s.Recvmsg(big.bufs, streamsock.Trunc) })
	receiving.ends(t, 0, io.EOF)
	big.holds(t, nil)
	tr.holds(t, nil)
}

// FuzzFlags calls Recv with any flags when data is there, with an urgent byte
// after it or not, and Send with any flags. What each does is compared to a
// model of the documentation.
func FuzzFlags(f *testing.F) {
	for i := range 256 {
		f.Add(uint8(i), []byte("data"), uint8(3), i%3 == 0)
	}
	f.Add(uint8(0), []byte{}, uint8(9), true)
	f.Add(uint8(0), []byte{}, uint8(0), false)
	f.Add(uint8(0), []byte("data"), uint8(200), false)
	f.Fuzz(func(t *testing.T, flags uint8, data []byte, size uint8, urgent bool) {
		c, s := msgPair(t)
		c.SetLinger(0) // leave no port in TIME_WAIT
		s.SetLinger(0)
		data = data[:min(len(data), 4096)]
		urgent = urgent && runtime.GOOS == "linux" // others differ at the mark
		put(t, c, s, data)
		if urgent {
			c.Send([]byte("!"), streamsock.OOB)
			until(t, "the urgent byte arrives", func() bool {
				n, _ := s.Recv(make([]byte, 1), streamsock.OOB|streamsock.Peek)
				return n == 1
			})
		}

		flag := streamsock.Flags(flags) | streamsock.DontWait
		tr := newTray([]int{int(size)})
		n, err := promptly(t, func() (int, error) { return s.Recv(tr.bufs[0], flag) })
		want, wantErr := recvModel(flag, data, int(size), urgent)
		if n != int64(len(want)) || !isOneOf(err, wantErr) {
			t.Errorf("Recv %v of %d: %d, %v, want %d, %v", flag, size, n, err, len(want), wantErr)
		}
		if flag&streamsock.Trunc != 0 {
			want = nil
		}
		tr.holds(t, want)
		rest := data
		if err == nil && flag&(streamsock.Peek|streamsock.OOB) == 0 || err == streamsock.ErrWouldBlock {
			rest = data[n:]
		}
		c.CloseWrite()
		takeRest(t, s, rest)

		n, err = promptly(t, func() (int, error) { return s.Send(data, flag) })
		wantErr = sendModel(flag)
		if !isOneOf(err, wantErr) || n != 0 && wantErr != nil || n != int64(len(data)) && wantErr == nil {
			t.Errorf("Send %v of %d: %d, %v, want %v", flag, len(data), n, err, wantErr)
		}
		rest = data[:n]
		if n > 0 && flag&streamsock.OOB != 0 {
			rest = rest[:n-1]
		}
		s.CloseWrite()
		takeRest(t, c, rest)
	})
}

// isOneOf reports whether err is one of the errors, or nil if there are none.
func isOneOf(err error, want []error) bool {
	if len(want) == 0 {
		return err == nil
	}
	return slices.ContainsFunc(want, func(e error) bool { return errors.Is(err, e) })
}

// refusals returns the errors that the flags may have without a call.
func refusals(f, wrong streamsock.Flags) (errs []error) {
	if f&(wrong|^allFlags) != 0 {
		errs = append(errs, os.ErrInvalid)
	}
	if f&lacking() != 0 {
		errs = append(errs, errors.ErrUnsupported)
	}
	return errs
}

// recvModel returns what Recv with DontWait receives when data is available,
// and the errors that it may have.
func recvModel(f streamsock.Flags, data []byte, size int, urgent bool) ([]byte, []error) {
	errs := refusals(f, sendOnly)
	switch {
	case errs != nil || size == 0:
		return nil, errs
	case f&streamsock.OOB != 0 && urgent:
		return []byte("!"), nil
	case f&streamsock.OOB != 0:
		return nil, []error{syscall.EINVAL, syscall.Errno(10022), streamsock.ErrWouldBlock}
	case len(data) == 0:
		return nil, []error{streamsock.ErrWouldBlock}
	case size > len(data) && f&streamsock.WaitAll != 0 && f&streamsock.Peek == 0 && !urgent:
		return data, []error{streamsock.ErrWouldBlock}
	}
	return data[:min(size, len(data))], nil
}

func sendModel(f streamsock.Flags) []error { return refusals(f, recvOnly) }
