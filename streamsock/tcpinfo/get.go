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

// Get returns the kernel's statistics for c, a connection or a listener.
//
// The error is a *[net.OpError]. It wraps an *[os.SyscallError] if the system
// call failed, or the error of the connection, such as [net.ErrClosed]. If the
// system, or this version of it, does not provide the statistics, or if c is
// not a TCP socket, the error wraps [errors.ErrUnsupported].
func Get(c syscall.Conn) (*Info, error) {
	i := new(Info)
	if err := i.Update(c); err != nil {
		return nil, err
	}
	return i, nil
}

// Update is like [Get] but stores the result in i, without allocating memory.
// It overwrites all fields of i. If it returns an error, i is unchanged.
func (i *Info) Update(c syscall.Conn) error {
	call := infoCalls.Get().(*infoCall)
	defer infoCalls.Put(call)
	call.err = errors.ErrUnsupported // if Control does not call visit
	if err := control(c, here != nil, call.visit); err != nil {
		return err
	}
	if call.err != nil {
		return neterr.Wrap("get", c, sysError(sys.TCPInfoCall, call.err))
	}
	i.parse(here, hereBig, call.buf[:call.n])
	if call.hasMultipath && i.State != Listen {
		i.Multipath = call.multipath
		i.has.add(FieldMultipath)
	}
	return nil
}

// control calls f with the file descriptor of c. It returns an error wrapping
// [errors.ErrUnsupported] without using c if the system is not supported,
// because on Plan 9 the error of Control does not wrap it.
func control(c syscall.Conn, supported bool, f func(fd uintptr)) error {
	if c == nil {
		return neterr.Wrap("get", nil, os.ErrInvalid)
	}
	if !supported {
		return neterr.Wrap("get", c, errors.ErrUnsupported)
	}
	rc, err := c.SyscallConn()
	if err != nil {
		return neterr.Wrap("get", nil, err)
	}
	if err := rc.Control(f); err != nil {
		return neterr.Wrap("get", c, err)
	}
	return nil
}

// here is the layout of this system, or nil if it has none.
var (
	here    = layoutOf(sys.TCPInfoSystem)
	hereBig = isBig(binary.NativeEndian)
)

// An infoCall calls the kernel inside [syscall.RawConn.Control]. Pooled,
// because a closure and a buffer for each call would be allocations.
type infoCall struct {
	visit func(fd uintptr) // bound method value do
	buf   [512]byte
	n     int
	err   error

	word                    [4]byte
	multipath, hasMultipath bool
}

var infoCalls = sync.Pool{New: func() any {
	call := new(infoCall)
	call.visit = call.do
	return call
}}

func (call *infoCall) do(fd uintptr) {
	if call.n, call.err = sys.TCPInfo(fd, call.buf[:]); call.err == nil {
		call.multipath, call.hasMultipath = call.isMultipath(fd)
	}
}

// Options that report whether a socket uses multipath TCP; nil if the system
// does not have them.
var (
	isMPTCP  = sys.Lookup("IsMPTCP")
	protocol = sys.Lookup("Protocol")
)

const protoMPTCP = 262 // IPPROTO_MPTCP, linux/in.h

// isMultipath reports whether the connection uses multipath TCP, and whether
// the kernel reports that at all. Kernels before Linux 6.10 report whether the
// socket was created for multipath TCP, but not whether it has fallen back.
func (call *infoCall) isMultipath(fd uintptr) (multipath, ok bool) {
	if isMPTCP == nil {
		return false, false
	}
	word := call.word[:]
	if n, err := isMPTCP.Get(fd, word); err == nil && n == len(word) {
		return binary.NativeEndian.Uint32(word) != 0, true
	}
	n, err := protocol.Get(fd, word)
	return false, err == nil && n == len(word) && binary.NativeEndian.Uint32(word) != protoMPTCP
}

// sysError returns err with the name of the system call. If err means that the
// system does not support the call, the result wraps [errors.ErrUnsupported].
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
