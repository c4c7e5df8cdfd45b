// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"strings"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// ErrWouldBlock is returned by a non-blocking operation that would have to
// block. It also matches [syscall.EAGAIN].
var ErrWouldBlock error = wouldBlockError{}

type wouldBlockError struct{}

func (wouldBlockError) Error() string        { return "streamsock: operation would block" }
func (wouldBlockError) Is(target error) bool { return sys.IsAgain(target) }

// ErrNoUrgent is returned by [Conn.ReadUrgent] if no urgent byte is pending.
var ErrNoUrgent = errors.New("streamsock: no urgent byte pending")

// ErrBroken is returned when the connection has failed, for example by a reset.
// The cause is left for the next Read or Write to return: a call such as
// [Conn.Check] does not consume it.
var ErrBroken = errors.New("streamsock: connection broken")

// ErrDrainLimit is returned by [Conn.CloseGraceful] if the peer has sent more
// than [DrainLimit] bytes.
var ErrDrainLimit = errors.New("streamsock: peer sent too much data after close")

// ErrIdle is returned by [Relayer.Relay] if no data was copied for IdleTimeout.
// It also matches [os.ErrDeadlineExceeded].
var ErrIdle error = idleError{}

type idleError struct{}

func (idleError) Error() string        { return "streamsock: relay idle timeout" }
func (idleError) Timeout() bool        { return true }
func (idleError) Temporary() bool      { return true }
func (idleError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

var (
	errInline         = fmt.Errorf("%w: OOBInline is on", ErrNoUrgent)
	errNotUrgent      = fmt.Errorf("streamsock: no urgent data on this connection: %w", errors.ErrUnsupported)
	errUrgentInline   = fmt.Errorf("streamsock: inline urgent data not reported by the system: %w", errors.ErrUnsupported)
	errNoMark         = fmt.Errorf("streamsock: out-of-band mark not reported by the system: %w", errors.ErrUnsupported)
	errNoFIN          = fmt.Errorf("streamsock: end of the stream not reported by the system: %w", errors.ErrUnsupported)
	errReadShut       = errors.New("streamsock: reading shut down before the end of the stream") // of CloseGraceful
	errNegativeOffset = fmt.Errorf("streamsock: negative offset: %w", os.ErrInvalid)
	errNoAddresses    = fmt.Errorf("streamsock: no addresses: %w", os.ErrInvalid)
	errNoBytes        = fmt.Errorf("streamsock: empty buffer: %w", os.ErrInvalid) // of SendFiles and RecvFiles
	errPeekShort      = fmt.Errorf("streamsock: cannot receive more before a read: %w", io.ErrShortBuffer)
	errTooMany        = fmt.Errorf("streamsock: total size of buffers overflows int: %w", os.ErrInvalid)
	errStarted        = fmt.Errorf("streamsock: connection attempt already started: %w", os.ErrInvalid)
	errNotStarted     = fmt.Errorf("streamsock: connection attempt not started: %w", os.ErrInvalid)
	errNoPeer         = fmt.Errorf("streamsock: socket not connected: %w", os.ErrInvalid)
	errNotComparable  = fmt.Errorf("streamsock: member of a type that is not comparable: %w", os.ErrInvalid)
	errNoMember       = fmt.Errorf("streamsock: not a member: %w", os.ErrInvalid)
	errNotPollable    = fmt.Errorf("streamsock: descriptor cannot be polled: %w", errors.ErrUnsupported)
	errProbed         = errors.New("probed") // of checkConnOptions
	errNoRelisten     = fmt.Errorf("streamsock: cannot change the backlog of a listener: %w", errors.ErrUnsupported)
	errNoListener     = fmt.Errorf("streamsock: socket not listening: %w", os.ErrInvalid)
	errCannotDial     = errors.New("streamsock: cannot dial")                     // of dialAs
	errListens        = errors.New("listening on another descriptor")             // of listenOnce
	errNoDescriptor   = errors.New("streamsock: connection without a descriptor") // of a foreign RawConn
)

// opError returns err as an error of package net. The argument err may be a
// *net.OpError of a [syscall.RawConn], which has an Op of its own.
func (c *conn) opError(op string, err error) *net.OpError {
	if c == nil || c.net == nil {
		return &net.OpError{Op: op, Net: "tcp", Err: err}
	}
	if raw, ok := err.(*net.OpError); ok && strings.HasPrefix(raw.Op, "raw-") && c.remote == nil {
		raw.Op, raw.Source, raw.Addr = op, c.net.LocalAddr(), c.net.RemoteAddr() // err is not shared
		return raw
	}
	e := neterr.Wrap(op, c, err)
	if raw, ok := err.(*net.OpError); ok {
		e.Net = raw.Net
	} else if network := networkOf(c.net); network != "" {
		e.Net = network
	}
	return e
}

// networkOf returns the network with which a connection or listener of package
// net was created, such as tcp4. Package net uses it in errors and does not
// export it.
func networkOf(c any) string {
	fd := reflect.ValueOf(c).Elem().FieldByName("fd")
	if fd.Kind() != reflect.Pointer || fd.IsNil() {
		return ""
	}
	if network := fd.Elem().FieldByName("net"); network.Kind() == reflect.String {
		return network.String()
	}
	return ""
}

// withOp sets the operation of an error of package sockopt.
func withOp(op string, err error) error {
	if e, ok := err.(*net.OpError); ok {
		e.Op = op
	}
	return err
}
