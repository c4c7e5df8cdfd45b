// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"net"
	"os"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
)

// flagSenders send with flags and wait for room, on Windows not by
// RawConn.Write.
var flagSenders = []struct {
	name  string
	flags streamsock.Flags
	send  func(c *streamsock.Conn, p []byte, f streamsock.Flags) (int64, error)
}{
	{"Send DontRoute", streamsock.DontRoute, sendOne},
	{"Send OOB", streamsock.OOB, sendOne},
	{"Sendmsg DontRoute", streamsock.DontRoute, sendThree},
	{"Sendmsg OOB", streamsock.OOB, sendThree},
}

func sendOne(c *streamsock.Conn, p []byte, f streamsock.Flags) (int64, error) {
	return wide(c.Send(p, f))
}

func sendThree(c *streamsock.Conn, p []byte, f streamsock.Flags) (int64, error) {
	return wide(c.Sendmsg(inThree(p), f))
}

// TestSendFlagsWait has a call with flags wait for room, end at the deadline,
// continue where that left off, and end once all is taken. What arrives is what
// was sent, the urgent byte in its place.
func TestSendFlagsWait(t *testing.T) {
	for _, w := range flagSenders {
		t.Run(w.name, func(t *testing.T) {
			if sys.MsgDontRoute == 0 {
				t.Skip("the system has no flags")
			}
			c, s := tightPair(t)
			if err := s.SetOOBInline(true); err != nil {
				t.Skip(err)
			}
			data := ascii(1 << 20)
			done := int64(0)
			send := func() (int64, error) { return w.send(c, data[done:], w.flags) }

			c.SetWriteDeadline(past)
			n, err := promptly(t, send)
			if n != 0 {
				t.Errorf("%d bytes after the deadline", n)
			}
			testOpError(t, c, "write", err, os.ErrDeadlineExceeded)

			c.SetWriteDeadline(time.Time{})
			sending := begin(send)
			sending.blocks(t)
			c.SetWriteDeadline(past)
			n, err = sending.end(t)
			testOpError(t, c, "write", err, os.ErrDeadlineExceeded)
			if n <= 0 || n >= int64(len(data)) {
				t.Fatalf("%d bytes of %d before the deadline", n, len(data))
			}
			done += n

			c.SetWriteDeadline(time.Now().Add(time.Hour))
			sending = begin(send)
			sending.blocks(t)
			take(t, s, data)
			sending.ends(t, len(data)-int(done), nil)
		})
	}
}

// TestSendFlagsClose checks that Close ends a call with flags that waits.
func TestSendFlagsClose(t *testing.T) {
	for _, w := range flagSenders {
		t.Run(w.name, func(t *testing.T) {
			if sys.MsgDontRoute == 0 {
				t.Skip("the system has no flags")
			}
			c, _ := tightPair(t)
			sending := begin(func() (int64, error) { return w.send(c, ascii(1<<20), w.flags) })
			sending.blocks(t)
			c.Close()
			n, err := sending.end(t)
			testOpError(t, c, "write", err, net.ErrClosed)
			if n <= 0 || n >= 1<<20 {
				t.Errorf("%d bytes", n)
			}
		})
	}
}
