// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// beginWait begins a WaitUrgent and returns once it waits.
func beginWait(ctx context.Context, t *testing.T, c *streamsock.Conn) *call {
	t.Helper()
	w := begin(func() (int, error) { return 0, c.WaitUrgent(ctx) })
	w.blocks(t)
	return w
}

func TestWaitUrgent(t *testing.T) {
	for name, c := range map[string]struct {
		wake func(t *testing.T, ours, peer *streamsock.Conn, cancel func())
		want error
	}{
		"urgent byte": {func(t *testing.T, _, peer *streamsock.Conn, _ func()) { peer.SendUrgent('!') }, nil},
		"urgent byte and FIN": {func(t *testing.T, _, peer *streamsock.Conn, _ func()) {
			peer.SendUrgent('!')
			peer.CloseWrite()
		}, nil},
		"FIN": {func(t *testing.T, _, peer *streamsock.Conn, _ func()) { peer.CloseWrite() }, io.EOF},
		"FIN behind data": {func(t *testing.T, _, peer *streamsock.Conn, _ func()) {
			peer.Write([]byte("abc"))
			peer.CloseWrite()
		}, io.EOF},
		"RST":           {func(t *testing.T, _, peer *streamsock.Conn, _ func()) { abortConn(peer.TCPConn) }, streamsock.ErrBroken},
		"cancel":        {func(t *testing.T, _, _ *streamsock.Conn, cancel func()) { cancel() }, context.Canceled},
		"Close":         {func(t *testing.T, ours, _ *streamsock.Conn, _ func()) { ours.Close() }, net.ErrClosed},
		"past deadline": {func(t *testing.T, ours, _ *streamsock.Conn, _ func()) { ours.SetReadDeadline(past) }, os.ErrDeadlineExceeded},
		"deadline": {func(t *testing.T, ours, _ *streamsock.Conn, _ func()) {
			ours.SetDeadline(time.Now().Add(20 * time.Millisecond))
		}, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			peer, ours := msgPair(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w := beginWait(ctx, t, ours)
			c.wake(t, ours, peer, cancel)
			w.ends(t, 0, c.want)
		})
	}
}
