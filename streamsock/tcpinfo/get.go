// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// Get asks the system what it knows of the connection c, or of the listener c.
//
// The error is a *[net.OpError] that holds an *[os.SyscallError] if the system
// has refused, or what the connection said, such as [net.ErrClosed]. It is one
// for which errors.Is(err, [errors.ErrUnsupported]) holds if the system, or
// this version of it, does not tell such things, or c is not TCP.
func Get(c syscall.Conn) (*Info, error) {
	i := new(Info)
	if err := i.Update(c); err != nil {
		return nil, err
	}
	return i, nil
}

// Update is [Get] into an Info that is there already, for a program that asks
// often: it allocates nothing. All of i is overwritten; if there is an error,
// i stays as it was.
func (i *Info) Update(c syscall.Conn) error {
	if c == nil {
		return neterr.Wrap("get", nil, os.ErrInvalid)
	}
	rc, err := c.SyscallConn()
	if err != nil {
		return neterr.Wrap("get", nil, err)
	}
	q := questions.Get().(*question)
	defer questions.Put(q)
	if err := rc.Control(q.visit); err != nil {
		return neterr.Wrap("get", c, err)
	}
	if q.err != nil {
		return neterr.Wrap("get", c, sysError(sys.TCPInfoCall, q.err))
	}
	i.parse(here, hereBig, q.buf[:q.n])
	if q.pathsTold && i.State != Listen {
		i.Multipath = q.multipath
		i.has.add(FieldMultipath)
	}
	return nil
}

// here is the structure of this system; nil if it has none, and then the
// system is never asked with success.
var (
	here    = layoutOf(sys.TCPInfoSystem)
	hereBig = isBig(binary.NativeEndian)
)

// A question is one visit to the system inside [syscall.RawConn.Control]. Its
// function is made once and its memory is used again, because a closure and
// a buffer for each visit would be allocations.
type question struct {
	visit func(fd uintptr) // the method below
	buf   [512]byte
	n     int
	err   error

	word                 [4]byte
	multipath, pathsTold bool
}

var questions = sync.Pool{New: func() any {
	q := new(question)
	q.visit = q.do
	return q
}}

func (q *question) do(fd uintptr) {
	if q.n, q.err = sys.TCPInfo(fd, q.buf[:]); q.err == nil {
		q.multipath, q.pathsTold = q.askMultipath(fd)
	}
}

// Options that tell whether a socket is of multipath TCP; nil where the system
// does not have them.
var (
	isMPTCP  = sys.Lookup("IsMPTCP")
	protocol = sys.Lookup("Protocol")
)

const protoMPTCP = 262 // IPPROTO_MPTCP, linux/in.h

// askMultipath asks whether the connection has more than one path. Kernels
// before Linux 6.10 do not say whether a socket of multipath TCP has fallen
// back; that a socket is none at all, they do.
func (q *question) askMultipath(fd uintptr) (multipath, told bool) {
	if isMPTCP == nil {
		return false, false
	}
	word := q.word[:]
	if n, err := isMPTCP.Get(fd, word); err == nil && n == len(word) {
		return binary.NativeEndian.Uint32(word) != 0, true
	}
	n, err := protocol.Get(fd, word)
	return false, err == nil && n == len(word) && binary.NativeEndian.Uint32(word) != protoMPTCP
}

// sysError names the system call in err, and says that the system lacks it
// where err is how the kernel says that.
func sysError(call string, err error) error {
	if err == errors.ErrUnsupported {
		return err
	}
	lacks := sys.IsUnsupported(err)
	if err = os.NewSyscallError(call, err); lacks {
		return fmt.Errorf("%w: %w", err, errors.ErrUnsupported)
	}
	return err
}
