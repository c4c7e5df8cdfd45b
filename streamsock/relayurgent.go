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
	if s.tcp == nil {
		return errNotUrgent
	}
	if err := control(&s.tcp.raw, checkUrgent); err != nil {
		return err
	}
	return s.tcp.SetOOBInline(true)
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
			if err = d.dst.side.tcp.SendUrgent(buf[0]); err == nil {
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
	if _, err := s.tcp.Recv(buf[:1], Peek|DontWait); err != nil {
		return 0, false, err
	}
	urgent, err = s.tcp.AtMark()
	if err != nil {
		return 0, false, err
	}
	if urgent {
		buf = buf[:1]
	}
	n, err = s.tcp.TryRead(buf)
	return n, urgent, err
}

// awaitReadable waits until something can be received.
func (s *relaySide) awaitReadable() error {
	var end time.Time
	if s.timeout > 0 {
		end = time.Now().Add(s.timeout)
	}
	_, err := s.tcp.awaitUntil(context.Background(), sys.Readable, end, true)
	return err
}
