// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
)

// A server serves the clients of -k.
type server struct {
	t      *target
	stdout io.Writer
	shared *broadcast // of standard input; nil if the clients get no input
}

// serve is the command "sockcat -l -k PORT". It ends with the context.
func (t *target) serve(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	l, err := t.openListener(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	s := &server{t: t, stdout: &shared{w: t.con.over(stdout)}}
	if t.input == "" && !t.recvOnly {
		s.shared = &broadcast{r: stdin}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	return l.each(ctx, t.most, func(c socket, n int, done func()) {
		defer done()
		if err := s.client(ctx, c, n); errors.Is(err, errOutputClosed) {
			cancel(err)
		}
	})
}

// client joins client number n.
func (s *server) client(ctx context.Context, c socket, n int) error {
	defer c.Close()
	l := &link{manner: s.t.manner, sock: c, con: s.t.con, label: fmt.Sprintf("#%d ", n)}
	l.escape = noEscape
	l.dump = l.dump.labeled(l.label)
	l.print("connection from %s to %s", addrName(c.RemoteAddr()), addrName(c.LocalAddr()))
	err := s.joined(ctx, l)
	if err != nil && context.Cause(ctx) == nil && !errors.Is(err, errOutputClosed) {
		l.note("%v", err)
	}
	return err
}

// joined joins a client to its input and the output of all.
func (s *server) joined(ctx context.Context, l *link) error {
	handshake, stop := ctx, context.CancelFunc(func() {})
	if s.t.timeout > 0 {
		handshake, stop = context.WithTimeout(ctx, s.t.timeout)
	}
	err := s.t.secureLink(handshake, l)
	stop()
	if err != nil {
		return err
	}
	s.t.tellSettings(l)
	if s.t.input != "" {
		f, err := os.Open(s.t.input)
		if err != nil {
			return err
		}
		defer f.Close()
		return l.join(ctx, f, s.stdout)
	}
	if s.shared == nil {
		return l.join(ctx, nil, s.stdout)
	}
	r, leave := s.shared.join()
	defer leave()
	l.endsWithPeer = true // the input may have no end
	return l.join(ctx, r, s.stdout)
}

// A shared is a writer for several goroutines.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

// Write writes all of p in one piece.
func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

// A broadcast sends its input to all clients that have joined, starting with
// the first. The slowest client limits the speed.
type broadcast struct {
	r     io.Reader
	start sync.Once

	mu      sync.Mutex
	writers map[*io.PipeWriter]struct{}
	ended   bool
	err     error
}

// join returns a reader of the data sent from now on.
func (b *broadcast) join() (r io.Reader, leave func()) {
	pr, pw := io.Pipe()
	b.mu.Lock()
	if b.ended {
		pw.CloseWithError(b.err)
	} else {
		if b.writers == nil {
			b.writers = make(map[*io.PipeWriter]struct{})
		}
		b.writers[pw] = struct{}{}
	}
	b.mu.Unlock()
	b.start.Do(func() { go b.run() })
	return pr, func() {
		pr.Close() // unblocks a Write
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.writers, pw)
	}
}

// run reads until the end.
func (b *broadcast) run() {
	buf := make([]byte, 32<<10)
	for {
		n, err := b.r.Read(buf)
		for _, w := range b.all() {
			w.Write(buf[:n]) // fails if the client has left
		}
		if err == nil {
			continue
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.ended, b.err = true, err
		for w := range b.writers {
			w.CloseWithError(err)
		}
		return
	}
}

func (b *broadcast) all() []*io.PipeWriter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.writers))
}
