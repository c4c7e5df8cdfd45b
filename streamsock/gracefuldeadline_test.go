// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"io"
	"os"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestCloseGracefulDeadlines checks that a read deadline does not end
// CloseGraceful: one that another goroutine sets again and again, that of a
// TimeoutConn, and one that is set once while CloseGraceful waits.
func TestCloseGracefulDeadlines(t *testing.T) {
	for name, beside := range map[string]func(c *streamsock.Conn) error{
		"Read": func(c *streamsock.Conn) error {
			c.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, err := c.Read(make([]byte, 10))
			return err
		},
		"TimeoutConn": func(c *streamsock.Conn) error {
			_, err := c.WithTimeouts(time.Millisecond, 0).Read(make([]byte, 10))
			return err
		},
		"past": func(c *streamsock.Conn) error {
			c.SetReadDeadline(past)
			return io.EOF
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, peer := checkPair(t, "tcp4")
			timeouts := make(chan struct{}, 1)
			reading := doing(func() error {
				for {
					err := beside(c)
					select {
					case timeouts <- struct{}{}:
					default:
					}
					if err != nil && !os.IsTimeout(err) {
						return nil
					}
				}
			})
			<-timeouts
			closing := doing(func() error { return c.CloseGraceful(t.Context()) })
			closing.blocks(t)
			if name == "past" {
				c.SetReadDeadline(past)
			}
			closing.blocks(t)
			if _, err := peer.Write([]byte("the rest of the request")); err != nil {
				t.Fatal(err)
			}
			if err := peer.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			closing.ends(t, 0, nil)
			reading.ends(t, 0, nil)
		})
	}
}
