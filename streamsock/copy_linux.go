// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// splice copies from r to w inside the kernel, until the end of r or, if r is an
// io.LimitedReader, until its limit, which it lowers by what it read. If handled
// is false, it has done nothing.
func splice(w io.Writer, r io.Reader) (n int64, err error, handled bool) {
	res := spliceAll(w, r)
	return res.written, res.err, res.handled
}

// A spliced is the result of a copy inside the kernel.
type spliced struct {
	written, read int64
	err           error
	reading       bool // err is of the source
	handled       bool
}

func spliceAll(w io.Writer, r io.Reader) spliced { return spliceLimited(w, r, 1<<63-1) }

// spliceLimited is spliceAll with a limit.
func spliceLimited(w io.Writer, r io.Reader, limit int64) spliced {
	if l, ok := r.(*io.LimitedReader); ok {
		res := spliceLimited(w, l.R, min(limit, l.N))
		l.N -= res.read
		return res
	}
	src, ok := copyEndOf(r)
	if !ok {
		return spliced{}
	}
	dst, ok := copyEndOf(w)
	isFile := false
	if !ok {
		f, ok := w.(*os.File)
		if !ok || f == nil {
			return spliced{}
		}
		dst, isFile = rawEnd(f), true
	}
	if src.raw == nil || dst.raw == nil { // as package net's methods of such a connection
		return spliced{err: syscall.EINVAL, reading: src.raw == nil, handled: true}
	}
	s := splicers.Get().(*splicer)
	s.dst, s.file, s.limit = plain(w), isFile, limit
	s.in, s.out, s.counting = src.reading, dst.writing, dst.counting
	err := s.copy(dst.raw, src.raw)
	res := spliced{s.written, limit - s.limit, err, s.reading, true}
	s.release()
	return res
}

// plain returns what to write to by Write.
func plain(w io.Writer) io.Writer {
	if tcp := disguised(w); tcp != nil {
		return tcp
	}
	return w
}

// copyEndOf returns the end of a copy that v is, if it is a stream socket whose
// bytes are those of the descriptor. Types of others do not qualify even if they
// have a SyscallConn method: they may change the bytes on their way. The end of a
// nil or zero connection has no descriptor.
func copyEndOf(v any) (end copyEnd, ok bool) {
	switch v := v.(type) {
	case *Conn:
		if v != nil {
			end = v.copyEnd()
		}
		return end, true
	case *UnixConn:
		if v != nil {
			end = v.copyEnd()
		}
		return end, true
	case interface{ copyEnd() copyEnd }:
		return v.copyEnd(), true
	case *net.TCPConn:
		if v != nil {
			end = rawEnd(v)
		}
		return end, true
	case *net.UnixConn:
		if v != nil && v.LocalAddr() != nil {
			end = rawEnd(v)
			return end, v.LocalAddr().Network() == "unix"
		}
		return end, true
	}
	if tcp := disguised(v); tcp != nil {
		return rawEnd(tcp), true
	}
	return end, false
}

// rawEnd returns the end of a copy that has no timeout.
func rawEnd(c syscall.Conn) copyEnd {
	raw, err := c.SyscallConn()
	if err != nil {
		return copyEnd{}
	}
	return copyEnd{raw: raw, reading: rolling{event: sys.Readable}, writing: rolling{event: sys.Writable}}
}

// disguised returns the connection inside one of the two types by which package
// net hides the methods ReadFrom and WriteTo of a TCPConn, or nil. Its splice
// knows them, and so must this one: io.Copy from a plain TCPConn arrives in them.
func disguised(v any) *net.TCPConn {
	tcp, _ := embedded(v, "net", "TCPConn", "tcpConnWithoutWriteTo", "tcpConnWithoutReadFrom").(*net.TCPConn)
	return tcp
}

// A splicer copies from one descriptor to another by way of a pipe, which it has
// only while the source has something to read or bytes are in the pipe. Its
// functions are made once.
type splicer struct {
	fill, drain func(fd uintptr) bool // the methods below
	pipe        *pipe                 // or nil

	dst     io.Writer
	file    bool  // dst is one
	limit   int64 // how much there is left to read
	written int64

	in, out  rolling
	counting *countingConn // or nil

	fills  int    // how often the source did not have to be waited for
	inPipe int    // bytes in the pipe
	buf    []byte // for what splice does not take
	inBuf  int    // bytes in buf

	err     error
	reading bool // err is of the source
	eof     bool
	again   bool // it would have to wait
	receive bool // splice does not work with the source
	avoid   bool // nor, at the moment, with the destination
}

var splicers = sync.Pool{New: func() any {
	s := new(splicer)
	s.fill = func(fd uintptr) bool { return s.in.over(s.fromSource(fd), s.limit) }
	s.drain = func(fd uintptr) bool { return s.out.yields() || s.out.over(s.toDestination(fd), s.written) }
	return s
}}

// release keeps the splicer for another copy.
func (s *splicer) release() {
	s.releasePipe()
	s.dst, s.limit, s.written, s.fills, s.inBuf, s.err = nil, 0, 0, 0, 0, nil
	s.reading, s.eof, s.again, s.receive, s.avoid = false, false, false, false, false
	s.in, s.out, s.counting = rolling{}, rolling{}, nil
	splicers.Put(s)
}

// A pipe is the two ends of one.
type pipe struct {
	r, w    int
	grown   bool
	cleanup runtime.Cleanup
}

// pipes are empty. As in package net, the garbage collector closes a pipe that has
// not been used for a while.
var pipes sync.Pool

// takePipe reports whether the splicer has a pipe now. It has none if there are no
// descriptors left, or if the user has so many pipes that the system makes only
// small ones, which are slower than to read and write.
func (s *splicer) takePipe() bool {
	if s.pipe != nil {
		return true
	}
	if p, ok := pipes.Get().(*pipe); ok {
		s.pipe = p
		return true
	}
	r, w, err := sys.NewPipe()
	if err != nil {
		return false
	}
	p := &pipe{r: r, w: w}
	p.cleanup = runtime.AddCleanup(p, func(ends [2]int) { sys.ClosePipe(ends[0], ends[1]) }, [2]int{r, w})
	s.pipe = p
	return true
}

// releasePipe gives the pipe away, or closes it if there are bytes in it.
func (s *splicer) releasePipe() {
	if s.pipe == nil {
		return
	}
	if s.inPipe > 0 {
		s.pipe.cleanup.Stop()
		sys.ClosePipe(s.pipe.r, s.pipe.w)
		s.inPipe = 0
	} else {
		pipes.Put(s.pipe)
	}
	s.pipe = nil
}

// copy copies until the end or the limit.
func (s *splicer) copy(dst, src syscall.RawConn) error {
	for s.limit > 0 {
		if err := s.run(src, s.fill, &s.in); err != nil {
			s.reading = true
			return err
		}
		if s.eof {
			return nil
		}
		if err := s.flush(dst); err != nil {
			return err
		}
	}
	return nil
}

// run fills or drains the pipe. Its error is that of the call of RawConn,
// otherwise that of the function that it called.
func (s *splicer) run(raw syscall.RawConn, f func(fd uintptr) bool, limit *rolling) error {
	s.err = nil
	err := limit.run(raw, f, &s.again)
	return firstOf(neterr.Bare(err), s.err)
}

// flush writes what has been read. What is wrong with a file, its Write reports
// better: with its name.
func (s *splicer) flush(dst syscall.RawConn) error {
	for s.inPipe > 0 && !s.avoid {
		err := s.run(dst, s.drain, &s.out)
		if err != nil && !s.file {
			return err
		}
		s.avoid = s.avoid || err != nil
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
	s.again = false
	for again := false; !s.receive && s.takePipe(); {
		n, err := sys.Splice(fd, uintptr(s.pipe.w), int(min(s.limit, maxSplice)))
		switch {
		case sys.IsInterrupted(err):
		case n > 0:
			s.inPipe = n
			s.limit -= int64(n)
			s.growPipe()
			return true
		case sys.CannotSplice(err):
			s.receive = true
		case sys.IsAgain(err) && !sys.PollsIn(fd):
			return s.wait()
		case sys.IsAgain(err) && !again:
			again = true // something may have arrived since
		case err != nil && !sys.IsAgain(err):
			s.err = os.NewSyscallError("splice", err)
			return true
		default:
			return s.recv(fd)
		}
	}
	return s.recv(fd)
}

// growPipe makes the pipe larger if the source is fast.
func (s *splicer) growPipe() {
	const fast = 4
	if s.fills++; s.fills > fast && !s.pipe.grown {
		s.pipe.grown = true
		sys.GrowPipe(s.pipe.r)
	}
}

// wait makes fromSource wait until the source can be read from. Others may have the
// pipe meanwhile.
func (s *splicer) wait() (done bool) {
	s.releasePipe()
	s.again, s.fills = true, 0
	return false
}

// maxSplice is how much to ask for at once. A pipe takes less.
const maxSplice = 1 << 20

// recv fills the buffer.
func (s *splicer) recv(fd uintptr) (done bool) {
	for {
		n, err := sys.Recv(fd, s.buffer()[:min(s.limit, bufferSize)], 0, true)
		switch {
		case sys.IsInterrupted(err):
			continue
		case sys.IsAgain(err):
			return s.wait()
		case err != nil:
			s.err = os.NewSyscallError("read", err)
		case n == 0:
			s.eof = true
		default:
			s.inBuf = n
			s.limit -= int64(n)
		}
		return true
	}
}

func (s *splicer) buffer() []byte {
	if s.buf == nil {
		s.buf = make([]byte, bufferSize)
	}
	return s.buf
}

// toDestination drains the pipe, or as much as goes in one piece.
func (s *splicer) toDestination(fd uintptr) (done bool) {
	s.again = false
	for s.inPipe > 0 {
		n, err := sys.Splice(uintptr(s.pipe.r), fd, s.inPipe)
		switch {
		case sys.IsInterrupted(err):
		case sys.CannotSplice(err) || sys.IsAgain(err) && s.file:
			// A file opened to append or a terminal; or a full pipe, which
			// cannot be waited for here if it is a blocking one.
			s.avoid = true
			return true
		case sys.IsAgain(err):
			if s.counting != nil {
				s.counting.waits()
			}
			s.again = true
			return false
		case err != nil:
			s.err = os.NewSyscallError("splice", err)
			return true
		default:
			s.inPipe -= n
			s.written += int64(n)
			if s.counting != nil {
				s.counting.moved(n)
			}
		}
	}
	return true
}

// takeBack reads from the pipe into the buffer.
func (s *splicer) takeBack() error {
	n, err := sys.ReadPipe(s.pipe.r, s.buffer()[:min(s.inPipe, bufferSize)])
	if err != nil {
		return os.NewSyscallError("read", err)
	}
	s.inPipe -= n
	s.inBuf = n
	return nil
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
