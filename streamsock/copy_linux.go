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

// splice copies from r to w inside the kernel, until the end of r or, if r is
// an io.LimitedReader, until its limit, which is reduced by the number of bytes
// read. If handled is false, it has done nothing.
func splice(w io.Writer, r io.Reader) (n int64, err error, handled bool) {
	res := spliceAll(w, r)
	return res.written, res.err, res.handled
}

// A spliced is the result of a copy inside the kernel.
type spliced struct {
	written, read int64
	err           error
	reading       bool // err is an error of the source
	handled       bool
}

func spliceAll(w io.Writer, r io.Reader) spliced { return spliceLimited(w, r, 1<<63-1) }

// spliceLimited is like spliceAll with a limit.
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
	if src.raw == nil || dst.raw == nil { // like the methods of package net
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

// plain returns the destination for Write.
func plain(w io.Writer) io.Writer {
	if tcp := disguised(w); tcp != nil {
		return tcp
	}
	return w
}

// copyEndOf returns the copyEnd of v, if v is a stream socket whose data is
// that of the descriptor. Types of other packages do not qualify even if they
// have a SyscallConn method, because they may transform the data. The copyEnd
// of a nil or zero connection has no descriptor.
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

// rawEnd returns a copyEnd without a timeout.
func rawEnd(c syscall.Conn) copyEnd {
	raw, err := c.SyscallConn()
	if err != nil {
		return copyEnd{}
	}
	return copyEnd{raw: raw, reading: rolling{event: sys.Readable}, writing: rolling{event: sys.Writable}}
}

// disguised returns the connection inside one of the two types by which package
// net hides the methods ReadFrom and WriteTo of a TCPConn, or nil. They are
// arguments of ReadFrom and WriteTo when io.Copy was called with a plain
// TCPConn.
func disguised(v any) *net.TCPConn {
	tcp, _ := embedded(v, "net", "TCPConn", "tcpConnWithoutWriteTo", "tcpConnWithoutReadFrom").(*net.TCPConn)
	return tcp
}

// A splicer copies from one descriptor to another through a pipe, which it has
// only while the source has data or data is in the pipe. Pooled, like transfer.
type splicer struct {
	fill, drain func(fd uintptr) bool // bound method values fromSource and toDestination
	pipe        *pipe                 // or nil

	dst     io.Writer
	file    bool  // dst is a file
	limit   int64 // number of bytes left to read
	written int64

	in, out  rolling
	counting *countingConn // or nil

	fills  int    // number of times that the source was readable without waiting
	inPipe int    // bytes in the pipe
	buf    []byte // for data that splice does not accept
	inBuf  int    // bytes in buf

	err     error
	reading bool // err is an error of the source
	eof     bool
	again   bool // it would have to wait
	receive bool // splice does not support the source
	avoid   bool // at present, splice does not support the destination
}

var splicers = sync.Pool{New: func() any {
	s := new(splicer)
	s.fill = func(fd uintptr) bool { return s.in.over(s.fromSource(fd), s.limit) }
	s.drain = func(fd uintptr) bool { return s.out.yields() || s.out.over(s.toDestination(fd), s.written) }
	return s
}}

// release puts the splicer back into the pool.
func (s *splicer) release() {
	s.releasePipe()
	s.dst, s.limit, s.written, s.fills, s.inBuf, s.err = nil, 0, 0, 0, 0, nil
	s.reading, s.eof, s.again, s.receive, s.avoid = false, false, false, false, false
	s.in, s.out, s.counting = rolling{}, rolling{}, nil
	splicers.Put(s)
}

// A pipe is the two ends of a pipe.
type pipe struct {
	r, w    int
	grown   bool
	cleanup runtime.Cleanup
}

// pipes contains empty pipes. As in package net, the garbage collector closes a
// pipe that has not been used for a while.
var pipes sync.Pool

// takePipe reports whether the splicer has a pipe. It has none if there are no
// free descriptors, or if the user has so many pipes that the kernel creates
// only small ones, which are slower than reading and writing.
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

// releasePipe puts the pipe into the pool, or closes it if it is not empty.
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

// run fills or drains the pipe. It returns the error of RawConn, otherwise that
// of f.
func (s *splicer) run(raw syscall.RawConn, f func(fd uintptr) bool, limit *rolling) error {
	s.err = nil
	err := limit.run(raw, f, &s.again)
	return firstOf(neterr.Bare(err), s.err)
}

// flush writes the data that was read. For a file, Write returns the error,
// because it includes the name of the file.
func (s *splicer) flush(dst syscall.RawConn) error {
	for s.inPipe > 0 && !s.avoid {
		err := s.run(dst, s.drain, &s.out)
		if err != nil && !s.file {
			return err
		}
		s.avoid = s.avoid || err != nil
	}
	for s.inPipe > 0 { // splice does not support the destination
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
// If splice(2) transfers nothing or would block, the source may be at the
// out-of-band mark with data after it: splice does not pass the mark, and no
// event follows. A plain receive passes the mark, and distinguishes it from the
// end of the stream.
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
			again = true // data may have arrived since
		case err != nil && !sys.IsAgain(err):
			s.err = os.NewSyscallError("splice", err)
			return true
		default:
			return s.recv(fd)
		}
	}
	return s.recv(fd)
}

// growPipe enlarges the pipe if the source is fast.
func (s *splicer) growPipe() {
	const fast = 4
	if s.fills++; s.fills > fast && !s.pipe.grown {
		s.pipe.grown = true
		sys.GrowPipe(s.pipe.r)
	}
}

// wait makes fromSource wait until the source is readable. Meanwhile, others
// can use the pipe.
func (s *splicer) wait() (done bool) {
	s.releasePipe()
	s.again, s.fills = true, 0
	return false
}

// maxSplice is the size to request in one call. A pipe accepts less.
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

// toDestination drains the pipe, as far as the destination accepts it.
func (s *splicer) toDestination(fd uintptr) (done bool) {
	s.again = false
	for moved := false; s.inPipe > 0; {
		n, err := sys.Splice(uintptr(s.pipe.r), fd, s.inPipe)
		switch {
		case sys.IsInterrupted(err):
		case sys.CannotSplice(err) || sys.IsAgain(err) && s.file:
			// A file opened with O_APPEND or a terminal; or a full pipe in
			// blocking mode, which cannot be waited for here.
			s.avoid = true
			return true
		case sys.IsAgain(err):
			if s.counting != nil {
				s.counting.waits()
			}
			s.again = true
			return false
		case err != nil:
			if moved && sys.WasReset(fd, err) {
				err = syscall.ECONNRESET // which the call that has moved bytes did not return
			}
			s.err = os.NewSyscallError("splice", err)
			return true
		default:
			moved = true
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
