// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"example.com/streamsock/streamsock"
)

// A stream is what bytes go through: a connection, or TLS on top of it.
type stream interface {
	net.Conn
	CloseWrite() error
}

// A link is a connection that is joined to standard input and output.
type link struct {
	traffic
	tcp     *streamsock.Conn
	stream  stream
	started time.Time
	con     *console

	escape   int           // the escape character, or noEscape; 0 is ~ on a terminal
	urgent   bool          // urgent bytes are told
	stat     time.Duration // between two live lines; 0 is none
	progress *progress     // nil if it is not to be shown
	counting bool          // a monitor looks at the traffic

	aborted atomic.Pointer[sample] // the last one, if the connection was reset by an escape
}

// every returns the time between two live lines, 0 for none.
func (l *link) every() time.Duration {
	switch {
	case l.stat > 0 || l.progress == nil:
		return l.stat
	case l.con.place:
		return 200 * time.Millisecond
	}
	return time.Second // a new line each
}

// sample takes a sample.
func (l *link) sample() sample {
	if s := l.aborted.Load(); s != nil {
		return *s
	}
	return l.take(l.tcp, l.started)
}

// state returns a line that tells how the connection is.
func (l *link) state() string {
	s := l.sample()
	return fmt.Sprintf("sockcat: %v to %v: %s, sent %s, received %s, rtt %s, cwnd %s, retransmits %s, queued %s out, %s in",
		l.tcp.LocalAddr(), l.tcp.RemoteAddr(), clock(s.at), size(float64(s.sent)), size(float64(s.received)),
		duration(s.rtt), bytesOf(s.cwnd), s.resent(), bytesOf(s.unsent), bytesOf(s.available))
}

// abort resets the connection.
func (l *link) abort() {
	s := l.sample()
	l.aborted.Store(&s)
	l.tcp.Abort()
}

// join copies both ways until both have ended, or the context has. It may
// return while stdin is being read, because nothing ends that.
func (l *link) join(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	if l.urgent {
		if err := l.tcp.SetOOBInline(true); err != nil {
			return err
		}
	}
	sent, received := make(chan error, 1), make(chan error, 1)
	go l.sendAll(stdin, func(err error) { sent <- err })
	go func() { received <- l.receive(stdout) }()
	select {
	case err := <-received:
		if err != nil {
			return l.ending(err) // the connection is broken, so there is nowhere to send
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-sent:
		if err == nil && l.counting {
			l.settle(ctx)
		}
		return l.ending(err)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// settle waits a while until the peer has acknowledged everything, so that the
// last sample is about the whole. Of that the system says no event.
func (l *link) settle(ctx context.Context) {
	for range 1000 {
		if n, err := l.tcp.Unacked(); n == 0 || err != nil {
			return
		}
		select {
		case <-time.After(2 * time.Millisecond):
		case <-ctx.Done():
			return
		}
	}
}

// ending returns the error with which the connection ended. To abort it was
// asked for.
func (l *link) ending(err error) error {
	if l.aborted.Load() != nil {
		return nil
	}
	return err
}

// sendAll sends all of r, then the end, and calls sent when that is done.
func (l *link) sendAll(r io.Reader, sent func(error)) {
	switch {
	case l.escape != noEscape:
		l.typed(r, sent)
	case l.counting:
		sent(ended(l.stream, l.copyCounted(r)))
	default:
		sent(send(l.stream, r))
	}
}

// send sends all of r, then the end. If the peer is gone, that ends the copy
// in the other direction too; if r cannot be read, the peer still can answer
// to what it got.
func send(c stream, r io.Reader) error {
	_, err := io.Copy(c, r)
	return ended(c, err)
}

// ended sends the end behind a copy that returned err.
func ended(c stream, err error) error {
	if e := c.CloseWrite(); err == nil {
		err = e
	}
	return plain(err)
}

// copyCounted sends all of r and counts what has been sent, piece by piece if
// it is a file: that is left to the system, which does not tell in between.
func (l *link) copyCounted(r io.Reader) error {
	const piece = 64 << 10
	if sizeOf(r) == unknown { // a piece may be long in coming
		_, err := io.Copy(counter{l.stream, &l.sent}, r)
		return err
	}
	for {
		n, err := io.CopyN(l.stream, r, piece)
		l.sent.Add(n)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// A counter counts what goes through a writer.
type counter struct {
	w io.Writer
	n *atomic.Int64
}

func (c counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// receive copies what the peer sends.
func (l *link) receive(w io.Writer) error {
	var r io.Reader = l.stream
	if l.urgent {
		r = apart{l}
	}
	if l.counting || l.escape != noEscape { // which may ask for the state
		w = counter{w, &l.received}
	}
	_, err := io.Copy(w, r)
	return outputError(plain(err))
}
