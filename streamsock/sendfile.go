// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"example.com/streamsock/internal/sys"
)

// BUG(streamsock): On Windows, if a deadline or Close ends SendFile, its result
// does not include what was sent of the last 64 KiB, because package net's
// Write does not report it.

// SendFile sends n bytes of f starting at the given offset, or all bytes up to
// the end of the file if n is negative. It does not use or change the file
// offset of f, so that several goroutines can send from the same file. It
// returns the number of bytes sent, even if the error is not nil.
//
// After each part, SendFile calls progress, unless it is nil, with the number
// of bytes sent so far. A part is what one system call sends, at most 4 MiB.
// The function progress may call any method of c and f. To end the transfer it
// can set a write deadline in the past, or close c.
//
// SendFile honors the write deadline and is unblocked by Close. The end of the
// file is determined when SendFile reaches it: data that is appended meanwhile
// is sent too. The error is:
//
//   - [io.EOF] if the file has fewer than n bytes from offset, as for
//     [io.CopyN]
//   - [os.ErrInvalid] for a negative offset or a nil file
//   - [os.ErrClosed] if f is closed, [net.ErrClosed] if c is closed, and
//     [os.ErrDeadlineExceeded] if the write deadline is exceeded, also during
//     the transfer
//   - the error of the system call if f has no file offset, like a pipe, or no
//     data, like a directory
//
// The data does not pass through the memory of the process. Therefore, changes
// to the file can change data that was sent and that the peer has not read yet.
// Each part is sent like one Write: the data of another goroutine's Write may
// be sent between two parts.
//
// SendFile corresponds to sendfile(2). If the kernel cannot send the file,
// SendFile reads and writes it in parts of 64 KiB. On Linux that is necessary
// for some files, such as those in /proc. On macOS, DragonFly, FreeBSD, illumos
// and Solaris the kernel sends regular files, and on other systems none. On
// server editions of Windows, [io.Copy] calls TransmitFile, which sends from
// the current file offset. SendFile does not use it, because package net does
// not report how much was sent if a deadline or Close ends the call.
func (c *conn) SendFile(f *os.File, offset, n int64, progress func(sent int64)) (sent int64, err error) {
	return c.sendFile(f, offset, n, progress, 0)
}

// sendFile implements SendFile, with the write timeout of a TimeoutConn.
func (c *conn) sendFile(f *os.File, offset, n int64, progress func(sent int64), timeout time.Duration) (sent int64, err error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	if offset < 0 {
		return 0, c.opError("sendfile", errNegativeOffset)
	}
	t := newFileTransfer(f)
	defer t.release()
	t.limit = c.writeTimeout(timeout)
	for n < 0 || sent < n {
		t.offset, t.size = offset+sent, maxFilePart
		if n >= 0 {
			t.size = int(min(n-sent, maxFilePart))
		}
		part, err := t.part(c, rc, f)
		sent += int64(part)
		if part > 0 && progress != nil {
			progress(sent)
		}
		switch {
		case err == io.EOF && n < 0:
			return sent, nil
		case err == io.EOF:
			return sent, io.EOF
		case err != nil:
			return sent, c.opError("sendfile", err)
		}
	}
	return sent, nil
}

// Between two parts, the deadline and Close are checked even if the connection
// is always writable. On Linux that costs 5% of the processor time with parts
// of 1 MiB, and 1% with parts of this size.
const (
	maxFilePart = 4 << 20
	fileBuffer  = 64 << 10 // a part that is read and written
)

// A fileTransfer is one call of SendFile. Pooled, like transfer.
type fileTransfer struct {
	send     func(socket uintptr) bool // bound method value transmit
	sendFile func(file uintptr)

	file   syscall.RawConn
	socket uintptr
	offset int64
	size   int

	limit rolling

	n     int
	err   error
	again bool   // it would have to wait
	avoid bool   // the system cannot send the file
	buf   []byte // for that
}

var fileTransfers = sync.Pool{New: func() any {
	t := new(fileTransfer)
	t.send = func(socket uintptr) bool {
		return t.limit.yields() || t.limit.over(t.transmit(socket), t.offset)
	}
	t.sendFile = t.transmitFile
	return t
}}

// newFileTransfer returns a fileTransfer for f. If it cannot be used, a read of
// f returns the error.
func newFileTransfer(f *os.File) *fileTransfer {
	t := fileTransfers.Get().(*fileTransfer)
	var err error
	t.file, err = f.SyscallConn()
	t.avoid = err != nil || !sys.HasSendfile
	return t
}

// release drops references to caller data.
func (t *fileTransfer) release() {
	t.file, t.err, t.limit = nil, nil, rolling{}
	fileTransfers.Put(t)
}

// part sends a part and returns its size. At the end of the file the error is
// io.EOF.
func (t *fileTransfer) part(c *conn, rc syscall.RawConn, f *os.File) (int, error) {
	if !t.avoid {
		if err := t.limit.run(rc, t.send, &t.again); err != nil {
			return 0, err
		}
	}
	switch {
	case t.avoid:
		return t.copy(c, f)
	case t.n == 0 && t.err == nil:
		return 0, io.EOF
	}
	return t.n, t.err
}

// transmit sends data and reports whether it is done; if not, it must be called
// again when the connection is writable.
func (t *fileTransfer) transmit(socket uintptr) (done bool) {
	t.socket, t.again = socket, false
	for {
		if err := t.file.Control(t.sendFile); err != nil {
			t.avoid = true
			return true
		}
		switch {
		case sys.IsInterrupted(t.err):
			continue
		case sys.IsAgain(t.err):
			t.again = true
			return false
		case sys.CannotSendfile(t.err):
			t.avoid = true
		default:
			t.err = os.NewSyscallError("sendfile", t.err)
		}
		return true
	}
}

func (t *fileTransfer) transmitFile(file uintptr) {
	t.n, t.err = sys.Sendfile(t.socket, file, t.offset, t.size)
}

// copy sends a part by reading and writing it. An error that ends a read after
// some bytes is returned by the next read.
func (t *fileTransfer) copy(c *conn, f *os.File) (int, error) {
	if t.buf == nil {
		t.buf = make([]byte, fileBuffer)
	}
	n, err := f.ReadAt(t.buf[:min(t.size, fileBuffer)], t.offset)
	if n == 0 {
		return 0, err
	}
	out := single(t.buf[:n])
	out.limit = c.writeTimeout(t.limit.timeout)
	sent, err := c.sendBy(out, 0)
	return int(sent), err
}

// readFile copies from r, from its current offset, if it is a regular file that
// the kernel can send.
func (c *conn) readFile(r io.Reader, timeout time.Duration) (n int64, err error, handled bool) {
	limit := int64(-1)
	l, limited := r.(*io.LimitedReader)
	if limited {
		r, limit = l.R, max(l.N, 0)
	}
	f := fileOf(r)
	if f == nil || !sys.HasSendfile {
		return 0, nil, false
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0, nil, false
	}
	offset, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, nil, false
	}
	n, err = c.sendFile(f, offset, limit, nil, timeout)
	if _, seekErr := f.Seek(offset+n, io.SeekStart); err == nil || err == io.EOF {
		err = seekErr
	}
	if limited {
		l.N -= n
	}
	return n, err, true
}

// fileOf returns the file that r refers to, or nil. For its own copies, package
// os passes a file without its method WriteTo.
func fileOf(r io.Reader) *os.File {
	if f, ok := r.(*os.File); ok {
		return f
	}
	f, _ := embedded(r, "os", "File", "fileWithoutWriteTo").(*os.File)
	return f
}
