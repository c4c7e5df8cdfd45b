// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"net"
	"os"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/streamsock/internal/sys"
)

// splice copies from r to w inside the system, until the end of r or, if r is
// an io.LimitedReader, until its limit, which it lowers by what it read. If
// handled is false, it has done nothing.
func splice(w io.Writer, r io.Reader) (n int64, err error, handled bool) {
	n, _, err, handled = spliceLimited(w, r, 1<<63-1)
	return n, err, handled
}

// spliceLimited is splice with a limit. It also returns how much it read.
func spliceLimited(w io.Writer, r io.Reader, limit int64) (written, read int64, err error, handled bool) {
	if l, ok := r.(*io.LimitedReader); ok {
		written, read, err, handled = spliceLimited(w, l.R, min(limit, l.N))
		l.N -= read
		return written, read, err, handled
	}
	src, ok := stream(r)
	if !ok {
		return 0, 0, nil, false
	}
	dst, ok := stream(w)
	isFile := !ok
	if isFile {
		if dst, ok = file(w); !ok {
			return 0, 0, nil, false
		}
	}
	s, err := newSplicer()
	if err != nil {
		return 0, 0, nil, false
	}
	s.dst, s.file, s.limit = plain(w), isFile, limit
	s.reading, s.writing = readPace(r), writePace(w)
	if m, ok := w.(*meter); ok {
		s.count = m.count
	}
	s.reading.begin()
	s.writing.begin()
	handled, err = s.copy(dst, src)
	s.reading.end()
	s.writing.end()
	written, read = s.written, limit-s.limit
	s.release()
	return written, read, err, handled
}

// plain returns what to write to by Write.
func plain(w io.Writer) io.Writer {
	if tcp := disguised(w); tcp != nil {
		return tcp
	}
	return w
}

// stream returns the way to the descriptor of v if it is a stream socket whose
// bytes are those of the descriptor. Types of others do not qualify even if
// they have a SyscallConn method: they may change the bytes on their way.
func stream(v any) (raw syscall.RawConn, ok bool) {
	var err error
	switch v := v.(type) {
	case *Conn:
		raw, err = v.SyscallConn()
	case withoutWriteTo:
		raw, err = v.c.SyscallConn()
	case *TimeoutConn:
		raw, err = v.SyscallConn()
	case *meter:
		raw, err = v.c.SyscallConn()
	case *net.TCPConn:
		raw, err = v.SyscallConn()
	case *net.UnixConn:
		if v.LocalAddr().Network() != "unix" {
			return nil, false
		}
		raw, err = v.SyscallConn()
	default:
		tcp := disguised(v)
		if tcp == nil {
			return nil, false
		}
		raw, err = tcp.SyscallConn()
	}
	return raw, err == nil
}

// file returns the way to the descriptor of v if it is a file.
func file(v any) (raw syscall.RawConn, ok bool) {
	f, ok := v.(*os.File)
	if !ok || f == nil {
		return nil, false
	}
	raw, err := f.SyscallConn()
	return raw, err == nil
}

// disguised returns the connection inside one of the two types by which
// package net hides the methods ReadFrom and WriteTo of a TCPConn, or nil. Its
// splice knows them, and so must this one: io.Copy from a plain TCPConn
// arrives in them.
func disguised(v any) *net.TCPConn {
	t := reflect.TypeOf(v)
	if t == nil || t.Kind() != reflect.Struct || t.PkgPath() != "net" {
		return nil
	}
	if name := t.Name(); name != "tcpConnWithoutWriteTo" && name != "tcpConnWithoutReadFrom" {
		return nil
	}
	tcp, _ := reflect.ValueOf(v).FieldByName("TCPConn").Interface().(*net.TCPConn)
	return tcp
}

// A splicer copies from one descriptor to another by way of a pipe. Its
// functions are made once and its pipe is used again.
type splicer struct {
	fill, drain func(fd uintptr) bool // the methods below
	pipe        pipe
	cleanup     runtime.Cleanup

	dst     io.Writer
	file    bool  // dst is one
	limit   int64 // how much there is left to read
	written int64

	reading, writing pace
	count            *atomic.Int64 // of a meter

	inPipe int    // bytes in the pipe
	buf    []byte // for what splice does not take
	inBuf  int    // bytes in buf
	one    [1][]byte
	vec    sys.Vec
	poll   sys.Poll

	err   error
	eof   bool
	avoid bool // splice does not work with this descriptor
}

// A pipe is the two ends of one.
type pipe struct{ r, w int }

var splicers sync.Pool

// newSplicer returns a splicer with an empty pipe. As in package net, the
// garbage collector closes a pipe that has not been used for a while.
func newSplicer() (*splicer, error) {
	if s, ok := splicers.Get().(*splicer); ok {
		return s, nil
	}
	r, w, err := sys.NewPipe()
	if err != nil {
		return nil, err
	}
	s := &splicer{pipe: pipe{r, w}}
	s.fill, s.drain = s.fromSource, s.toDestination
	s.cleanup = runtime.AddCleanup(s, func(p pipe) { sys.ClosePipe(p.r, p.w) }, s.pipe)
	return s, nil
}

// release keeps the splicer for another copy, unless bytes are left in the
// pipe.
func (s *splicer) release() {
	if s.inPipe > 0 {
		s.cleanup.Stop()
		sys.ClosePipe(s.pipe.r, s.pipe.w)
		return
	}
	s.dst, s.limit, s.written, s.inBuf, s.err, s.eof, s.avoid = nil, 0, 0, 0, nil, false, false
	s.reading, s.writing, s.count = pace{}, pace{}, nil
	splicers.Put(s)
}

// copy copies until the end or the limit. If handled is false, it has done
// nothing.
func (s *splicer) copy(dst, src syscall.RawConn) (handled bool, err error) {
	for s.limit > 0 {
		s.reading.renew()
		if err := s.step(src.Read(s.fill)); err != nil {
			return true, err
		}
		if s.avoid {
			return false, nil // this source has never worked
		}
		if s.eof {
			return true, nil
		}
		if err := s.flush(dst); err != nil {
			return true, err
		}
	}
	return true, nil
}

// step returns the error of a call of RawConn, or else that of the function
// that it called.
func (s *splicer) step(err error) error {
	if e, ok := err.(*net.OpError); ok {
		return e.Err
	}
	if err != nil {
		return err
	}
	return s.err
}

// flush writes what has been read.
func (s *splicer) flush(dst syscall.RawConn) error {
	for s.inPipe > 0 && !s.avoid {
		s.writing.renew()
		// What is wrong with a file, its Write tells better.
		err := s.step(dst.Write(s.drain))
		if err != nil && !(s.file && s.err == nil) {
			return err
		}
		if err != nil {
			break
		}
	}
	for s.inPipe > 0 { // splice does not work with the destination
		if err := s.takeBack(); err != nil {
			return err
		}
		if err := s.write(); err != nil {
			return err
		}
	}
	s.avoid = false
	return s.write()
}

// fromSource fills the pipe, or the buffer.
//
// A splice of nothing, and one that would have to wait, may mean that the
// source stands at the urgent mark, with more behind it: splice(2) does not
// pass the mark, and nothing would wake who waits there. A plain receive passes
// it, and tells the end of the stream from the mark.
func (s *splicer) fromSource(fd uintptr) (done bool) {
	s.err, s.eof = nil, false
	for again := false; ; {
		n, err := sys.Splice(fd, uintptr(s.pipe.w), int(min(s.limit, sys.PipeSize)))
		switch {
		case sys.IsInterrupted(err):
			continue
		case n > 0:
			s.inPipe = n
			s.limit -= int64(n)
			return true
		case sys.CannotSplice(err):
			s.avoid = true
			return true
		case sys.IsAgain(err):
			if !s.poll.Readable(fd) {
				return false
			}
			if !again {
				again = true // perhaps something has come since
				continue
			}
		case err != nil:
			s.err = os.NewSyscallError("splice", err)
			return true
		}
		n, err = s.receive(fd)
		switch {
		case sys.IsInterrupted(err):
			continue
		case sys.IsAgain(err):
			return false
		case err != nil:
			s.err = os.NewSyscallError("recvmsg", err)
		case n == 0:
			s.eof = true
		default:
			s.inBuf = n
			s.limit -= int64(n)
		}
		return true
	}
}

// receive receives a few bytes into the buffer.
func (s *splicer) receive(fd uintptr) (int, error) {
	s.one[0] = s.buffer()[:min(s.limit, bufferSize)]
	s.vec.Load(s.one[:], 0)
	return sys.Recvmsg(fd, &s.vec, 0)
}

const bufferSize = 16 << 10

func (s *splicer) buffer() []byte {
	if s.buf == nil {
		s.buf = make([]byte, bufferSize)
	}
	return s.buf
}

// toDestination drains the pipe, or as much as goes in one piece.
func (s *splicer) toDestination(fd uintptr) (done bool) {
	s.err = nil
	for begin := s.inPipe; s.inPipe > 0; {
		n, err := sys.Splice(uintptr(s.pipe.r), fd, s.inPipe)
		switch {
		case sys.IsInterrupted(err):
		case sys.CannotSplice(err) || sys.IsAgain(err) && s.file:
			// A file opened to append or a terminal; or a full pipe, which
			// cannot be waited for here if it is a blocking one.
			s.avoid = true
			return true
		case sys.IsAgain(err):
			return s.inPipe < begin && s.writing.d != nil // to begin a new time
		case err != nil:
			s.err = os.NewSyscallError("splice", err)
			return true
		default:
			s.inPipe -= n
			s.written += int64(n)
			if s.count != nil {
				s.count.Add(int64(n))
			}
		}
	}
	return true
}

// takeBack reads from the pipe into the buffer.
func (s *splicer) takeBack() error {
	n, err := sys.ReadPipe(s.pipe.r, s.buffer()[:min(s.inPipe, bufferSize)])
	if n > 0 {
		s.inPipe -= n
		s.inBuf = n
		return nil
	}
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	if sys.IsInterrupted(err) {
		return nil
	}
	return os.NewSyscallError("read", err)
}

// write writes the buffer.
func (s *splicer) write() error {
	if s.inBuf == 0 {
		return nil
	}
	n, err := s.dst.Write(s.buf[:s.inBuf])
	s.written += int64(n)
	s.inBuf = 0
	return err
}

// A pace is the timeout of one end of a copy. The zero pace is none.
type pace struct {
	d       *deadline
	timeout time.Duration
}

// readPace returns the read timeout of a source.
func readPace(v any) pace {
	if t, ok := v.(*TimeoutConn); ok {
		return pace{&t.c.read, t.read}
	}
	return pace{}
}

// writePace returns the write timeout of a destination.
func writePace(v any) pace {
	if t, ok := v.(*TimeoutConn); ok {
		return pace{&t.c.write, t.write}
	}
	return pace{}
}

func (p pace) begin() {
	if p.d != nil {
		p.d.roll(p.timeout)
	}
}

func (p pace) renew() {
	if p.d != nil {
		p.d.renew(p.timeout)
	}
}

func (p pace) end() {
	if p.d != nil {
		p.d.rolled(p.timeout)
	}
}
