// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"io"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// passUrgent prepares the side for copyUrgent. Inline, no urgent byte is lost, at
// whatever moment it arrives.
func (s *relaySide) passUrgent() error {
	c := s.tcp()
	if c == nil {
		return errNotUrgent
	}
	if err := control(&c.raw, checkUrgent); err != nil {
		return err
	}
	return c.SetOOBInline(true)
}

// copyUrgent is copy that passes urgent bytes on.
func (d *relayDirection) copyUrgent() (readErr, writeErr error) {
	buf := make([]byte, bufferSize)
	for {
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
			if err = d.dst.side.tcp().SendUrgent(buf[0]); err == nil {
				d.dst.count.Add(1)
			}
		default:
			_, err = d.dst.Write(buf[:n])
		}
		if err != nil {
			return nil, d.dst.side.fault("write", neterr.Bare(err))
		}
	}
}

// receiveUrgent receives what is there up to the next urgent byte or, if that is the
// next, the urgent byte. A byte that is there already does not become the urgent one, so
// it waits for one before it looks for the mark.
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

// awaitReadable waits until something can be received.
func (s *relaySide) awaitReadable() error {
	var end time.Time
	if s.own.read > 0 {
		end = time.Now().Add(s.own.read)
	}
	_, err := s.own.c.awaitUntil(context.Background(), sys.Readable, end, true)
	return err
}
