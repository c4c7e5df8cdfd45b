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

// ErrWouldBlock is returned by a call that must not wait and would have to. It also
// matches [syscall.EAGAIN].
var ErrWouldBlock error = wouldBlockError{}

type wouldBlockError struct{}

func (wouldBlockError) Error() string        { return "operation would block" }
func (wouldBlockError) Is(target error) bool { return sys.IsAgain(target) }

// ErrNoUrgent is returned by [Conn.ReadUrgent] if no urgent byte is pending.
var ErrNoUrgent = errors.New("no urgent byte is pending")

// ErrBroken is returned when the connection has failed. The cause is reported by
// the next Read or Write, so that a call that only looks does not consume it.
var ErrBroken = errors.New("connection is broken")

// ErrDrainLimit is returned by [Conn.CloseGraceful] if the peer has sent more than
// [DrainLimit].
var ErrDrainLimit = errors.New("peer does not stop sending")

// ErrIdle is returned by [Relayer.Relay] when nothing was copied for IdleTimeout.
// It also matches [os.ErrDeadlineExceeded].
var ErrIdle error = idleError{}

type idleError struct{}

func (idleError) Error() string        { return "relay is idle" }
func (idleError) Timeout() bool        { return true }
func (idleError) Temporary() bool      { return true }
func (idleError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

var (
	errInline         = fmt.Errorf("%w: with OOBInline it comes among the other bytes", ErrNoUrgent)
	errNotUrgent      = fmt.Errorf("no urgent data on this connection: %w", errors.ErrUnsupported)
	errUrgentInline   = fmt.Errorf("the system does not report urgent data that arrives inline: %w", errors.ErrUnsupported)
	errNoMark         = fmt.Errorf("the system does not report the out-of-band mark: %w", errors.ErrUnsupported)
	errNoFIN          = fmt.Errorf("the system does not tell that the peer has closed: %w", errors.ErrUnsupported)
	errReadShut       = errors.New("reading was shut down before the peer ended") // of CloseGraceful
	errNegativeOffset = fmt.Errorf("negative offset: %w", os.ErrInvalid)
	errNoAddresses    = fmt.Errorf("no addresses: %w", os.ErrInvalid)
	errNoBytes        = fmt.Errorf("no bytes: %w", os.ErrInvalid) // of SendFiles and RecvFiles
	errPeekShort      = fmt.Errorf("no more can arrive before something is read: %w", io.ErrShortBuffer)
	errTooMany        = fmt.Errorf("buffers larger than an int: %w", os.ErrInvalid)
	errStarted        = fmt.Errorf("a connection was started before: %w", os.ErrInvalid)
	errNotStarted     = fmt.Errorf("no connection was started: %w", os.ErrInvalid)
	errNoPeer         = fmt.Errorf("the socket is not connected: %w", os.ErrInvalid)
	errNotComparable  = fmt.Errorf("a member of a type that cannot be compared: %w", os.ErrInvalid)
	errNoMember       = fmt.Errorf("not a member: %w", os.ErrInvalid)
	errNotPollable    = fmt.Errorf("the system cannot wait for it: %w", errors.ErrUnsupported)
	errProbed         = errors.New("probed") // of checkConnOptions
	errNoRelisten     = fmt.Errorf("the backlog of a listener cannot be changed: %w", errors.ErrUnsupported)
	errNoListener     = fmt.Errorf("the socket does not listen: %w", os.ErrInvalid)
	errCannotDial     = errors.New("cannot dial")                      // of dialAs
	errListens        = errors.New("another descriptor listens")       // of listenOnce
	errNoDescriptor   = errors.New("the connection has no descriptor") // of a foreign RawConn
)

// opError returns the error that package net would return. What a
// [syscall.RawConn] returns is a *net.OpError with an Op of its own.
func (c *conn) opError(op string, err error) *net.OpError {
	if c == nil || c.net == nil {
		return &net.OpError{Op: op, Net: "tcp", Err: err}
	}
	if raw, ok := err.(*net.OpError); ok && strings.HasPrefix(raw.Op, "raw-") && c.remote == nil {
		raw.Op, raw.Source, raw.Addr = op, c.net.LocalAddr(), c.net.RemoteAddr() // it is new
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

// networkOf returns the network with which a connection or listener of package net was
// made, such as tcp4, which package net has in its errors and nowhere else.
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

// withOp makes an error of package sockopt one of the operation that wanted
// the option set.
func withOp(op string, err error) error {
	if e, ok := err.(*net.OpError); ok {
		e.Op = op
	}
	return err
}
