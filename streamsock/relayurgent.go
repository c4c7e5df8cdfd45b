// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"io"
	"os"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// passUrgent prepares the connection for copyUrgent. Inline, no urgent byte is
// lost, whenever it arrives.
func (s *relaySide) passUrgent() error {
	c := s.tcp()
	if c == nil {
		return errNotUrgent
	}
	if err := control(&c.raw, checkUrgent); err != nil {
		return err
	}
	if _, err := c.AtMark(); err != nil {
		return neterr.Bare(err)
	}
	return c.SetOOBInline(true)
}

// copyUrgent is like copy but passes on urgent bytes.
func (d *relayDirection) copyUrgent() (readErr, writeErr error) {
	buf := make([]byte, bufferSize)
	for {
		if err := d.src.disturbance(); err != nil { // receiveUrgent ignores a deadline
			return d.src.fault("read", err), nil
		}
		n, urgent, err := d.src.receiveUrgent(buf)
		switch {
		case err == io.EOF:
			return nil, nil
		case err == ErrWouldBlock:
			err = d.src.awaitReadable()
		}
		if err != nil {
			return d.src.fault("read", neterr.Bare(err)), nil
		}
		switch {
		case n == 0:
		case urgent:
			d.dst.waits()
			err = d.dst.side.own.c.sendUrgent(buf[0], d.dst.side.own.write)
			sent := 1
			if err != nil {
				sent = 0
			}
			d.dst.moved(sent)
		default:
			_, err = d.dst.Write(buf[:n])
		}
		if err != nil {
			return nil, d.dst.side.fault("write", neterr.Bare(err))
		}
	}
}

// receiveUrgent receives the available data up to the next urgent byte or, if
// that is next, the urgent byte. An available byte does not become urgent
// later, so receiveUrgent waits for a byte before it checks for the mark.
func (s *relaySide) receiveUrgent(buf []byte) (n int, urgent bool, err error) {
	c := s.tcp()
	if _, err := c.Recv(buf[:1], Peek|DontWait); err != nil {
		return 0, false, err
	}
	urgent, err = c.AtMark()
	if err != nil {
		return 0, false, err
	}
	if urgent {
		buf = buf[:1]
	}
	n, err = c.TryRead(buf)
	return n, urgent, err
}

// awaitReadable waits until data can be received. Every second, and when a
// deadline is exceeded, it checks whether the connection of package net was
// closed or has an exceeded deadline. An unknown deadline does not end
// awaitUntil.
func (s *relaySide) awaitReadable() error {
	const look = time.Second
	for start := time.Now(); ; {
		left := look
		if s.own.read > 0 {
			left = min(look, time.Until(start.Add(s.own.read)))
		}
		_, err := s.own.c.awaitUntil(context.Background(), sys.Readable, time.Now().Add(left), true)
		if err != os.ErrDeadlineExceeded {
			return err
		}
		if disturbed := s.disturbance(); disturbed != nil {
			return disturbed
		}
		if s.own.read > 0 && time.Since(start) >= s.own.read {
			return err
		}
	}
}
