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

// BUG(streamsock): On Windows, SendFile does not count what was sent of the
// 64 KiB during which a deadline or Close came, because package net's Write
// does not.

// SendFile is sendfile(2): it sends n bytes of f from offset on, or all up to
// the end of the file if n is negative. It neither uses nor moves the position
// of f, so that several goroutines can send from the same file. It returns how
// many bytes were sent, exactly, whatever the error.
//
// After each part, SendFile calls progress with the number of bytes sent so
// far, unless progress is nil. A part is what the system took at once, at most
// 4 MiB. A function progress may call any method of c and f; to end the
// transfer it sets a write deadline that is over, or closes c.
//
// The end of the file is where it is when SendFile comes there: what the file
// has grown by meanwhile is sent too. If there are fewer than n bytes, the error
// is [io.EOF], as that of [io.CopyN]. Other errors are, by [errors.Is]:
//
//   - [os.ErrInvalid] for a negative offset and for a nil file
//   - [os.ErrClosed] if f is closed, [net.ErrClosed] if c is, and
//     [os.ErrDeadlineExceeded] at the write deadline, also during the transfer
//   - that of the system for what has no offsets or no bytes, such as a pipe
//     and a directory
//
// The bytes do not pass through the memory of the process. A change of the
// file may change those that were sent and that the peer has not read yet. To
// other goroutines each part is a Write: what they write may come to lie between
// two parts.
//
// What the system cannot send so, SendFile reads and writes, in parts of
// 64 KiB. On Linux these are files such as those of /proc. On darwin,
// dragonfly, freebsd, illumos and solaris it can send regular files, and on the
// other systems none. On server editions of Windows, [io.Copy] sends by TransmitFile
// from the position of the file on. SendFile does not, because package net does not
// report how much of it was sent when a deadline or Close ends it.
func (c *conn) SendFile(f *os.File, offset, n int64, progress func(sent int64)) (sent int64, err error) {
	return c.sendFile(f, offset, n, progress, 0)
}

// sendFile is SendFile with the write timeout of a TimeoutConn.
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

// Between two parts, the deadline and Close are looked at even if there always
// is room. With parts of 1 MiB that costs 5 % of the processor's time on Linux,
// with these 1 %.
const (
	maxFilePart = 4 << 20
	fileBuffer  = 64 << 10 // a part that is read and written
)

// A fileTransfer is one call of SendFile. Like a transfer it is used again.
type fileTransfer struct {
	send     func(socket uintptr) bool // the methods below
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

// newFileTransfer returns a fileTransfer for f. What is wrong with f, to read
// it tells.
func newFileTransfer(f *os.File) *fileTransfer {
	t := fileTransfers.Get().(*fileTransfer)
	var err error
	t.file, err = f.SyscallConn()
	t.avoid = err != nil || !sys.HasSendfile
	return t
}

// release forgets what is the caller's.
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

// transmit sends what there is room for and reports whether that is it; if not,
// it has to be called again once there is room.
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

// copy sends a part by reading and writing it. What ends a read after some
// bytes, the next one tells.
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

// readFile copies from r, from its offset on, if it is a regular file that the
// system can send.
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

// fileOf returns the file that r is, or nil. Copies by package os arrive as a
// file without its method WriteTo.
func fileOf(r io.Reader) *os.File {
	if f, ok := r.(*os.File); ok {
		return f
	}
	f, _ := embedded(r, "os", "File", "fileWithoutWriteTo").(*os.File)
	return f
}
