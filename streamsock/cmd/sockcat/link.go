// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"example.com/streamsock/streamsock"
)

// A manner specifies how a connection is joined to standard input and output.
type manner struct {
	escape   int           // the escape character, or noEscape; 0 is ~ on a terminal
	urgent   bool          // urgent bytes are printed
	verbose  bool          // -v
	stat     time.Duration // between two live lines; 0 for none
	format   string        // of --stat: text, json or csv
	progress *progress     // nil if it is not shown
	counting bool          // the traffic is displayed meanwhile

	sendOnly, recvOnly bool
	endsWithPeer       bool           // when the peer ends its side
	quit               *time.Duration // after the end of the input, or nil
	idle               time.Duration  // ends a connection without traffic; 0 for none

	crlf bool
	rate float64 // bytes per second in each direction; 0 for no limit
	dump *dumper // or nil
}

// A link is a connection joined to standard input and output.
type link struct {
	manner
	traffic
	sock     socket
	stream   stream    // on top of it
	reader   io.Reader // of the stream
	secured  bool      // the stream is TLS
	protocol string    // such as "TCP"
	label    string    // before each line about it
	started  time.Time
	con      *console

	aborted   atomic.Pointer[sample] // the last one, if the connection was reset by an escape
	peerEnded atomic.Bool            // the peer's side of the stream
}

// stack puts the stream on top of the socket, and the requested filters on top
// of the stream.
func (l *link) stack(base stream) {
	l.stream, l.reader = base, base
	if l.urgent {
		l.reader = apart{l}
		if c, err := l.tcp(); err == nil && !hasMark(c) {
			l.reader = queued{l}
		}
	}
	if !l.crlf && l.rate == 0 && l.dump == nil {
		return
	}
	f := &filter{stream: base, r: l.reader, crlf: l.crlf, dump: l.dump}
	if l.rate > 0 {
		f.out, f.in = &limiter{rate: l.rate}, &limiter{rate: l.rate}
	}
	l.stream, l.reader = f, f
}

// tcp returns the connection if it is one of TCP.
func (l *link) tcp() (*streamsock.Conn, error) {
	if c, ok := l.sock.(*streamsock.Conn); ok {
		return c, nil
	}
	return nil, errNotTCP
}

// print prints a line if -v is given.
func (l *link) print(format string, args ...any) {
	if l.verbose {
		l.con.print("%s%s", l.label, fmt.Sprintf(format, args...))
	}
}

// note prints a line about an event if -v is given or standard error is a
// terminal.
func (l *link) note(format string, args ...any) {
	if l.verbose || l.con.terminal {
		l.con.print("%ssockcat: %s", l.label, fmt.Sprintf(format, args...))
	}
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
	return l.take(l.sock, l.started)
}

// state returns a line about the connection.
func (l *link) state() string {
	s := l.sample()
	return fmt.Sprintf("sockcat: %s to %s: %s, sent %s, received %s, rtt %s, cwnd %s, retransmits %s, queued %s out, %s in",
		addrName(l.sock.LocalAddr()), addrName(l.sock.RemoteAddr()), clock(s.at), size(float64(s.sent)), size(float64(s.received)),
		duration(s.rtt), bytesOf(s.cwnd), s.resent(), bytesOf(s.unsent), bytesOf(s.available))
}

// abort resets the connection.
func (l *link) abort() {
	s := l.sample()
	l.aborted.Store(&s)
	if c, err := l.tcp(); err == nil {
		c.Abort()
		return
	}
	l.sock.Close()
}

// join copies both ways until both have ended, or the context has. It may
// return while stdin is being read, because nothing ends that.
func (l *link) join(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	err := l.joinBoth(ctx, stdin, stdout)
	l.print("%s", l.summary())
	return err
}

func (l *link) joinBoth(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	if l.urgent {
		c, err := l.tcp()
		if err == nil {
			err = c.SetOOBInline(hasMark(c))
		}
		if err != nil {
			return err
		}
	}
	if l.sendOnly {
		stdout = io.Discard
	}
	sent, received := make(chan error, 1), make(chan error, 1)
	if !l.recvOnly {
		go l.sendAll(stdin, func(err error) { sent <- err })
	}
	go func() { received <- l.receive(stdout) }()
	var sendErr error
	var quit <-chan time.Time
	idle, stop := l.watchIdle()
	defer stop()
	for waiting := 2; waiting > 0; {
		select {
		case err := <-received:
			waiting--
			if err != nil {
				return l.ending(err) // the connection is broken, so there is nowhere to send
			}
			l.peerEnded.Store(true)
			if waiting > 0 && !l.sendOnly {
				l.note("the peer closed its side of the connection")
			}
			if l.recvOnly || l.endsWithPeer {
				return l.leave(ctx)
			}
		case sendErr = <-sent:
			waiting--
			switch {
			case sendErr != nil:
			case l.sendOnly:
				return l.leave(ctx)
			case l.quit != nil:
				quit = time.After(*l.quit)
			}
		case <-quit:
			return l.leave(ctx)
		case <-idle:
			return l.idled()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if sendErr == nil && l.counting {
		l.settle(ctx)
	}
	return l.ending(sendErr)
}

// A movement changes when data is transferred.
type movement struct {
	bytes   int64 // sent and received
	unacked int   // a Write to a slow peer may be blocked for long while the peer receives
}

func (l *link) moved() movement {
	n, _ := l.sock.Unacked()
	return movement{l.sent.Load() + l.received.Load(), n}
}

// watchIdle returns a channel that is closed when no data has been transferred
// for l.idle, unless stop is called before.
func (l *link) watchIdle() (idle <-chan struct{}, stop func()) {
	if l.idle == 0 {
		return nil, func() {}
	}
	const looks = 8
	over, quit := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(max(l.idle/looks, time.Millisecond))
		defer tick.Stop()
		var before movement
		for still := 0; still < looks; still++ {
			select {
			case <-tick.C:
			case <-quit:
				return
			}
			if now := l.moved(); now != before {
				before, still = now, -1
			}
		}
	}()
	return over, sync.OnceFunc(func() { close(quit) })
}

// idled ends an idle connection. It is a failure if the peer has not
// acknowledged everything.
func (l *link) idled() error {
	if n, err := l.sock.Unacked(); err == nil && n > 0 {
		return fmt.Errorf("timed out: idle for %v with %d bytes not acknowledged", l.idle, n)
	}
	l.note("timed out: idle for %v", l.idle)
	return nil
}

// leave ends the connection before the peer has ended its side.
func (l *link) leave(ctx context.Context) error {
	err := l.stream.CloseWrite()
	l.settle(ctx)
	return l.ending(plain(err))
}

// settle waits until the peer has acknowledged everything, or nothing for two
// seconds, because closing a connection with unread data would lose the rest,
// and the last sample must include everything. The system reports no event for
// it.
func (l *link) settle(ctx context.Context) {
	before := -1
	for tries := 0; tries < 1000; tries++ {
		n, err := l.sock.Unacked()
		if n == 0 || err != nil {
			return
		}
		if n != before {
			before, tries = n, 0
		}
		select {
		case <-time.After(2 * time.Millisecond):
		case <-ctx.Done():
			return
		}
	}
}

// summary returns a line about the whole transfer.
func (l *link) summary() string {
	took := time.Since(l.started)
	rate := func(n int64) string { return size(float64(n)/max(took.Seconds(), 1e-9)) + "/s" }
	sent, received := l.sent.Load(), l.received.Load()
	return fmt.Sprintf("sent %s (%s), received %s (%s) in %s",
		size(float64(sent)), rate(sent), size(float64(received)), rate(received), clock(took))
}

// ending returns the error with which the connection ended, or nil if an escape
// aborted it.
func (l *link) ending(err error) error {
	if l.aborted.Load() != nil {
		return nil
	}
	return err
}

// counted reports whether bytes must be counted while they move. Otherwise the kernel
// may move all of them in one call.
func (l *link) counted() bool { return l.counting || l.verbose || l.idle > 0 || l.escape > 0 }

// sendAll sends all of r, then the end, and calls sent when that is done.
func (l *link) sendAll(r io.Reader, sent func(error)) {
	switch {
	case l.escape > 0:
		l.typed(r, sent)
	case l.counted():
		sent(ended(l.stream, l.copyCounted(r)))
	default:
		sent(send(l.stream, r))
	}
}

// send sends all of r, then the end. If the peer is gone, the copy in the other
// direction ends too. If r cannot be read, the peer can still respond to what it
// received.
func send(c stream, r io.Reader) error {
	_, err := io.Copy(c, r)
	return ended(c, err)
}

// ended sends the end after a copy that returned err.
func ended(c stream, err error) error {
	if e := c.CloseWrite(); err == nil {
		err = e
	}
	return plain(err)
}

// copyCounted sends all of r and counts what has been sent. A file is sent in pieces,
// because the kernel sends each without reporting progress.
func (l *link) copyCounted(r io.Reader) error {
	const piece = 64 << 10
	if l.rate > 0 || sizeOf(r) == unknown { // it may take long to send or read a whole piece
		_, err := io.Copy(l.counter(), r)
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

// A counter counts the bytes written to a writer.
type counter struct {
	w    io.Writer
	n    *atomic.Int64
	most int // to write in one call; 0 for no limit
}

// counter returns a writer that sends and counts. With a limited rate it counts what
// is sent in a short time, not the whole of a Write that takes long.
func (l *link) counter() counter {
	c := counter{w: l.stream, n: &l.sent}
	if l.rate > 0 {
		c.most = (&limiter{rate: l.rate}).piece()
	}
	return c
}

func (c counter) Write(p []byte) (n int, err error) {
	for done := false; !done && err == nil; done = n == len(p) {
		part := p[n:]
		if c.most > 0 {
			part = part[:min(len(part), c.most)]
		}
		var k int
		k, err = c.w.Write(part)
		c.n.Add(int64(k))
		n += k
	}
	return n, err
}

// receive copies the data that the peer sends.
func (l *link) receive(w io.Writer) error {
	if l.counted() {
		w = counter{w: w, n: &l.received}
	}
	_, err := io.Copy(w, l.reader)
	return outputError(plain(err))
}
