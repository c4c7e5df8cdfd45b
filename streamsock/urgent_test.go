// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

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
		"FIN behind data": {func(t *testing.T, ours, peer *streamsock.Conn, _ func()) {
			peer.Write([]byte("abc"))
			peer.CloseWrite()
			if onWine { // which reports it only after the last byte
				take(t, ours, []byte("abc"))
			}
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

// TestWaitUrgentQuiet checks that ordinary bytes do not end a wait, nor a Read
// that takes them.
func TestWaitUrgentQuiet(t *testing.T) {
	peer, ours := msgPair(t)
	w := beginWait(t.Context(), t, ours)
	for range 100 {
		put(t, peer, ours, []byte("abc"))
		take(t, ours, []byte("abc"))
	}
	w.blocks(t)
	peer.SendUrgent('!')
	w.ends(t, 0, nil)
}

// TestWaitUrgentStays checks that the event is there until the byte is
// received, and then not.
func TestWaitUrgentStays(t *testing.T) {
	peer, ours := msgPair(t)
	for range 100 {
		if err := peer.SendUrgent('!'); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := promptly(t, func() (int, error) { return 0, ours.WaitUrgent(t.Context()) }); err != nil {
				t.Fatal(err)
			}
		}
		if b, err := ours.ReadUrgent(); b != '!' || err != nil {
			t.Fatalf("%q, %v", b, err)
		}
		if b, err := ours.ReadUrgent(); err != streamsock.ErrNoUrgent {
			t.Fatalf("%q, %v", b, err)
		}
	}
	ours.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if err := ours.WaitUrgent(t.Context()); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

// TestUrgentBesideRead checks that the urgent calls work while another
// goroutine waits in Read, and after the deadline.
func TestUrgentBesideRead(t *testing.T) {
	peer, ours := msgPair(t)
	read := func() (int, error) { return ours.Recv(make([]byte, 10), 0) }
	var reader *call
	if !onWine { // whose WSAPoll reports no urgent byte meanwhile
		reader = begin(read)
		reader.blocks(t)
	}
	w := beginWait(t.Context(), t, ours)
	if err := peer.SendUrgent('!'); err != nil {
		t.Fatal(err)
	}
	w.ends(t, 0, nil)
	if b, err := ours.ReadUrgent(); b != '!' || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if marked, err := ours.AtMark(); !errors.Is(err, errors.ErrUnsupported) && (!marked || err != nil) {
		t.Errorf("%v, %v", marked, err)
	}
	peer.Write([]byte("abc"))
	if onWine {
		reader = begin(read)
	}
	reader.ends(t, 3, nil)

	ours.SetDeadline(past)
	peer.SendUrgent('?')
	var b byte
	until(t, "the urgent byte arrives", func() bool {
		var err error
		b, err = ours.ReadUrgent()
		return err == nil
	})
	if b != '?' {
		t.Errorf("%q", b)
	}
}

// TestSendUrgentOrder checks that an urgent byte waits for a Write that is
// under way, and for room.
func TestSendUrgentOrder(t *testing.T) {
	client, server := tightPair(t)
	if err := server.SetOOBInline(true); err != nil {
		t.Fatal(err)
	}
	data := ascii(1 << 20)
	writer := begin(func() (int, error) { return client.Write(data) })
	writer.blocks(t)
	urgent := begin(func() (int, error) { return 0, client.SendUrgent('!') })
	urgent.blocks(t) // after the writer
	got := make([]byte, len(data)+1)
	if _, err := promptly(t, func() (int, error) { return io.ReadFull(server, got) }); err != nil {
		t.Fatal(err)
	}
	writer.ends(t, len(data), nil)
	urgent.ends(t, 0, nil)
	if string(got) != string(data)+"!" {
		t.Error("the urgent byte is not after the data")
	}
}

// TestSendUrgentFull checks that SendUrgent that finds no room waits for it,
// until the deadline or Close. The system may find a little room after all, for
// instance when it puts together what has been received: then it begins again.
func TestSendUrgentFull(t *testing.T) {
	for range 20 {
		if urgentWaits(t) {
			return
		}
	}
	t.Error("there was always room")
}

func urgentWaits(t *testing.T) bool {
	client, server := tightPair(t)
	data := ascii(1 << 20)
	n, err := client.TryWrite(data)
	if err != streamsock.ErrWouldBlock {
		t.Fatal(err)
	}
	n = fill(t, client, server, data, n)

	s := begin(func() (int, error) { return 0, client.SendUrgent('!') })
	if !s.settles(t) {
		return false
	}
	client.SetWriteDeadline(past)
	if _, err := s.end(t); err == nil {
		return false
	} else if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	client.SetWriteDeadline(time.Time{})

	s = begin(func() (int, error) { return 0, client.SendUrgent('?') })
	if !s.settles(t) {
		return false
	}
	take(t, server, data[:n])
	s.ends(t, 0, nil)
	awaitUrgent(t, server)
	if b, err := server.ReadUrgent(); b != '?' || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	return true
}

// TestUrgentErrors checks the errors of the calls on a closed connection.
func TestUrgentErrors(t *testing.T) {
	client, server := msgPair(t)
	server.Close()
	_, err := server.ReadUrgent()
	testClosed(t, server, "read", err)
	testClosed(t, server, "write", server.SendUrgent(1))
	testClosed(t, server, "wait", server.WaitUrgent(t.Context()))
	_, err = server.AtMark()
	testClosed(t, server, "get", err)
	_, err = server.Wait(t.Context(), streamsock.Readable)
	testClosed(t, server, "wait", err)
	for _, want := range []streamsock.Events{0, 1 << 7} {
		if _, err := client.Wait(t.Context(), want); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("Wait for %v: %v", want, err)
		}
	}
}

// TestWaiters has many concurrent waiters, each woken in its own way, and again
// and again: it is for the race detector.
func TestWaiters(t *testing.T) {
	peer, ours := msgPair(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var waits []*call
	for range 20 {
		waits = append(waits, beginWait(ctx, t, ours))
	}
	short, cancelShort := context.WithCancel(ctx)
	one := beginWait(short, t, ours)
	readable := begin(func() (int, error) {
		e, err := ours.Wait(ctx, streamsock.Readable)
		return int(e), err
	})
	readable.blocks(t)
	cancelShort()
	one.ends(t, 0, context.Canceled)
	for range 10 {
		ours.SetReadDeadline(time.Now().Add(time.Hour))
		ours.SetReadDeadline(time.Time{})
	}
	peer.Write([]byte("abc"))
	readable.ends(t, int(streamsock.Readable), nil)
	for _, w := range waits {
		w.blocks(t)
	}
	peer.SendUrgent('!')
	for _, w := range waits {
		w.ends(t, 0, nil)
	}
}
