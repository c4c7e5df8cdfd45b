// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestWait checks what Wait returns in each state of a connection, for before
// and after the state has arrived.
func TestWait(t *testing.T) {
	const all = readable | writable | urgent | peerClosed
	for _, c := range []struct {
		name string
		come func(t *testing.T, ours, peer *streamsock.Conn)
		want streamsock.Events // the events that have occurred
	}{
		{"idle", func(*testing.T, *streamsock.Conn, *streamsock.Conn) {}, writable},
		{"data", func(t *testing.T, _, peer *streamsock.Conn) { peer.Write([]byte("abc")) }, readable | writable},
		{"data and FIN", func(t *testing.T, _, peer *streamsock.Conn) {
			peer.Write([]byte("abc"))
			peer.CloseWrite()
		}, readable | writable | peerClosed},
		{"FIN", func(t *testing.T, _, peer *streamsock.Conn) { peer.CloseWrite() }, readable | writable | peerClosed},
		{"RST", func(t *testing.T, _, peer *streamsock.Conn) { abortConn(peer.TCPConn) }, readable | writable | peerClosed},
		{"RST behind data", func(t *testing.T, ours, peer *streamsock.Conn) {
			put(t, peer, ours, []byte("abc"))
			abortConn(peer.TCPConn)
		}, readable | writable | peerClosed},
		{"urgent byte", func(t *testing.T, _, peer *streamsock.Conn) { peer.SendUrgent('!') }, writable | urgent},
		{"at the mark", func(t *testing.T, ours, peer *streamsock.Conn) {
			peer.Sendmsg([][]byte{[]byte("ab!")}, streamsock.OOB)
			awaitUrgent(t, ours)
			if n, err := ours.Recv(make([]byte, 9), 0); n != 2 || err != nil {
				t.Fatal(n, err)
			}
			peer.Write([]byte("c"))
		}, readable | writable | urgent},
		{"CloseRead", func(t *testing.T, ours, _ *streamsock.Conn) { ours.CloseRead() }, readable | writable},
		{"CloseWrite", func(t *testing.T, ours, _ *streamsock.Conn) { ours.CloseWrite() }, writable},
		{"full", func(t *testing.T, ours, peer *streamsock.Conn) { fill(t, ours, peer, ascii(4<<20), 0) }, 0},
	} {
		for _, network := range []string{"tcp4", "tcp6"} {
			t.Run(c.name+"/"+network, func(t *testing.T) {
				peer, ours := pair(t, network)
				if c.name == "full" {
					if err := errors.Join(ours.SetWriteBuffer(32<<10), peer.SetReadBuffer(32<<10)); err != nil {
						t.Fatal(err)
					}
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				waits := make(map[streamsock.Events]*call)
				for e := readable; e <= peerClosed; e <<= 1 {
					if e != writable {
						waits[e] = begin(func() (int, error) {
							got, err := ours.Wait(ctx, e)
							return int(got), err
						})
						waits[e].blocks(t)
					}
				}
				c.come(t, ours, peer)
				for e := readable; e <= peerClosed; e <<= 1 {
					switch {
					case c.want&e != 0:
						if waits[e] != nil {
							got, err := waits[e].end(t)
							if streamsock.Events(got)&^(c.want&peerClosed) != e&^peerClosed || err != nil {
								t.Errorf("%v, %v, want %v", streamsock.Events(got), err, e)
							}
						}
					case e == urgent && c.want&peerClosed != 0:
						waits[e].ends(t, int(peerClosed), nil)
					}
				}
				// The ones that still wait have not been disturbed.
				for e, w := range waits {
					if c.want&e == 0 && !(e == urgent && c.want&peerClosed != 0) {
						w.blocks(t)
					}
				}
				if c.want != 0 {
					until(t, "all of it holds", func() bool {
						got, err := ours.Wait(t.Context(), all)
						if err != nil || got&^c.want != 0 && c.name != "RST" {
							t.Fatalf("%v, %v, want %v", got, err, c.want)
						}
						return got&c.want == c.want
					})
				}
				cancel()
				for e, w := range waits {
					if c.want&e == 0 && !(e == urgent && c.want&peerClosed != 0) {
						w.ends(t, 0, context.Canceled)
					}
				}
			})
		}
	}
}

// TestWaitAlone has one goroutine wait, after which the descriptor for that is closed.
func TestWaitAlone(t *testing.T) {
	peer, c := msgPair(t)
	awaitUnwatched(t)
	waiting := begin(func() (int, error) { e, err := c.Wait(t.Context(), readable); return int(e), err })
	waiting.blocks(t)
	peer.Write([]byte("a"))
	waiting.ends(t, int(readable), nil)
	awaitUnwatched(t)
}

// TestWaitBeside checks that Wait neither stops a Read nor is stopped by one,
// and what ends it.
func TestWaitBeside(t *testing.T) {
	peer, ours := msgPair(t)
	reader := begin(func() (int, error) { return ours.Recv(make([]byte, 9), 0) })
	reader.blocks(t)
	waiter := begin(func() (int, error) {
		e, err := ours.Wait(t.Context(), readable)
		return int(e), err
	})
	waiter.blocks(t)
	peer.Write([]byte("abc"))
	reader.ends(t, 3, nil)
	select {
	case o := <-waiter.done: // it was woken before the reader
		if o.err != nil {
			t.Error(o.err)
		}
	default:
		peer.Write([]byte("abc"))
		waiter.ends(t, int(readable), nil)
	}

	// The deadline for reading is not that for writing.
	ours.SetReadDeadline(past)
	if e, err := ours.Wait(t.Context(), writable); e != writable || err != nil {
		t.Errorf("%v, %v", e, err)
	}
	if e, err := ours.Wait(t.Context(), writable|readable); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v, %v", e, err)
	}
	ours.SetDeadline(time.Time{})
	ours.SetWriteDeadline(past)
	if e, err := ours.Wait(t.Context(), writable); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v, %v", e, err)
	}
	ours.SetDeadline(time.Time{})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := ours.Wait(ctx, peerClosed)
	var e net.Error
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || !e.Timeout() {
		t.Error(err)
	}
	if _, err := ours.Write([]byte("abc")); err != nil {
		t.Errorf("the context left a deadline: %v", err)
	}
}

// TestWaitFastOpen checks that a connection that is not there yet is not ready.
func TestWaitFastOpen(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	c, err := streamsock.Dial("tcp4", l.Addr().String(), sockopt.FastOpenConnect.To(true))
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if e, err := c.Wait(ctx, readable|urgent); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, %v", e, err)
	}
}

// TestEverythingAtOnce has ten goroutines do all that they can to one
// connection. It is for the race detector, and for hangs.
func TestEverythingAtOnce(t *testing.T) {
	limit := time.Second
	if os.Getenv("STREAMSOCK_LONG") != "" {
		limit = 10 * time.Second
	}
	for start := time.Now(); time.Since(start) < limit; {
		peer, ours := msgPair(t)
		set := newPollSet(t)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		every := func(do func(r *rand.Rand) error) {
			all.Go(func() {
				r := rand.New(rand.NewPCG(rand.Uint64(), 0))
				for ctx.Err() == nil {
					switch err := do(r); {
					case err == nil, err == streamsock.ErrWouldBlock, err == streamsock.ErrNoUrgent, os.IsTimeout(err):
					case err == io.EOF, errors.Is(err, net.ErrClosed), errors.Is(err, context.Canceled),
						errors.Is(err, streamsock.ErrBroken), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ENOTCONN):
						return
					default:
						t.Error(err)
						return
					}
				}
			})
		}
		every(func(*rand.Rand) error { _, err := ours.Read(make([]byte, 10)); return err })
		every(func(*rand.Rand) error { _, err := ours.Recv(make([]byte, 10), 0); return err })
		every(func(*rand.Rand) error { _, err := ours.Wait(ctx, readable|urgent); return err })
		every(func(*rand.Rand) error { return ours.WaitUrgent(ctx) })
		every(func(*rand.Rand) error { _, err := ours.ReadUrgent(); return err })
		every(func(*rand.Rand) error { _, err := ours.Check(); return err })
		every(func(*rand.Rand) error { _, err := ours.AtMark(); return err })
		every(func(r *rand.Rand) error {
			return ours.SetDeadline(time.Now().Add(time.Duration(r.IntN(1000)) * time.Microsecond))
		})
		every(func(*rand.Rand) error {
			if err := set.Add(ours, readable|urgent); err != nil {
				return err
			}
			_, err := set.Poll(ctx)
			set.Remove(ours)
			return err
		})
		every(func(*rand.Rand) error { _, err := ours.WriteContext(ctx, []byte("abc")); return err })
		every(func(*rand.Rand) error { _, err := peer.Write([]byte("abc")); return err })
		every(func(*rand.Rand) error { return peer.SendUrgent('!') })
		time.Sleep(20 * time.Millisecond) // for them to do it
		closing := rand.IntN(4)
		switch closing {
		case 0:
			ours.Close()
		case 1:
			peer.Close()
		case 2:
			abortConn(peer.TCPConn)
		case 3:
			ours.Abort()
		}
		if closing != 0 && closing != 3 {
			time.Sleep(time.Millisecond)
			ours.Close()
		}
		peer.Close()
		set.Close()
		ended := begin(func() (int, error) { all.Wait(); return 0, nil })
		ended.ends(t, 0, nil)
		cancel()
	}
}
