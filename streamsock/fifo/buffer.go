// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package fifo has a buffer of a fixed capacity between a connection that is
// read from and one that is written to. It is filled by one readv(2) into its
// free space and drained by one writev(2), without a copy, and it tells when it
// becomes readable or writable and when no longer.
//
// A relay that does no more than copy is better off with streamsock.Relay, by
// which the system moves the bytes. A Buffer is for who looks at them, or wants
// to say how many may be on their way.
package fifo

import (
	"fmt"
	"io"
	"sync"
)

// A Buffer is a ring of bytes: what is written first is read first. The zero
// Buffer has no capacity: it takes nothing until it is told to [Buffer.Resize].
//
// One goroutine may read from it (Read, Peek, Discard, UsedSegments, Drain)
// while another writes to it (Write, FreeSegments, Advance, Fill), and anyone
// may ask for Len, Cap and Free. Resize and Reset are for when nobody holds
// segments or is in Fill or Drain.
//
// Once its first calls of OnReadable and OnWritable are over, a Buffer allocates
// nothing but in Resize. It must not be copied.
type Buffer struct {
	// OnReadable is called with true when the buffer was empty and has bytes,
	// and with false when it had some and is empty. OnWritable is called with
	// true when the buffer was full and has room, and with false when it had
	// room and is full. They are nil or set before the buffer is used.
	//
	// A new buffer is writable and not readable, and nothing is called for
	// that. From then on there is one call for each change, one after the
	// other and in the order of the changes, without a lock: a call may use the
	// buffer, and wait. It comes in the goroutine that made the change or, if
	// one is in a call already, in that one after it; so it may come after
	// the change was undone. While a call waits, the changes that other
	// goroutines make are kept, two bytes each.
	OnReadable, OnWritable func(bool)

	mu    sync.Mutex
	ring  []byte
	begin int // of the used bytes
	used  int

	// changes[next:] are the changes that no call was made for yet. telling is
	// set while a goroutine makes the calls.
	changes []change
	next    int
	telling bool

	// These belong to the goroutine that writes and to that which reads.
	free, full [2][]byte
}

// A change is a call of OnReadable or OnWritable.
type change struct {
	writable bool
	on       bool
}

// New returns an empty Buffer that holds up to capacity bytes.
func New(capacity int) *Buffer { return &Buffer{ring: make([]byte, capacity)} }

// Len returns how many bytes can be read.
func (b *Buffer) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// Cap returns how many bytes there is room for in all.
func (b *Buffer) Cap() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ring)
}

// Free returns how many bytes can be written.
func (b *Buffer) Free() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ring) - b.used
}

// Read reads bytes that were written and makes room. It does not wait: if the
// buffer is empty, the error is [io.EOF], as that of [bytes.Buffer].
func (b *Buffer) Read(p []byte) (n int, err error) {
	b.mu.Lock()
	if n = b.copyOut(p); n > 0 {
		b.set(b.begin+n, b.used-n)
	}
	b.unlock()
	return n, empty(p, n)
}

// Peek is [Buffer.Read] that leaves the bytes where they are.
func (b *Buffer) Peek(p []byte) (n int, err error) {
	b.mu.Lock()
	n = b.copyOut(p)
	b.mu.Unlock()
	return n, empty(p, n)
}

// empty returns the error of a read of n bytes into p.
func empty(p []byte, n int) error {
	if n == 0 && len(p) > 0 {
		return io.EOF
	}
	return nil
}

// Write writes as much of p as there is room for. It does not wait: if that is
// not all, the error is [io.ErrShortWrite].
func (b *Buffer) Write(p []byte) (n int, err error) {
	b.mu.Lock()
	for _, segment := range b.freeSegments() {
		n += copy(segment, p[n:])
	}
	b.set(b.begin, b.used+n)
	b.unlock()
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// Discard throws away the next n bytes, or all that there are, and returns how
// many that was. Behind [Buffer.UsedSegments] it says how many were used.
func (b *Buffer) Discard(n int) int {
	if n < 0 {
		panic(fmt.Sprintf("fifo: Discard(%d)", n))
	}
	b.mu.Lock()
	n = min(n, b.used)
	b.set(b.begin+n, b.used-n)
	b.unlock()
	return n
}

// Advance says that n bytes were written into the [Buffer.FreeSegments]. It
// panics if there is no room for as many.
func (b *Buffer) Advance(n int) {
	b.mu.Lock()
	if free := len(b.ring) - b.used; n < 0 || n > free {
		b.mu.Unlock()
		panic(fmt.Sprintf("fifo: Advance(%d) with room for %d", n, free))
	}
	b.set(b.begin, b.used+n)
	b.unlock()
}

// FreeSegments returns the room that there is, for [Buffer.Advance]: the first
// segment is to be filled before the second, and either may be empty. They are
// the writing goroutine's until its next call of a method of the Buffer.
func (b *Buffer) FreeSegments() [2][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.freeSegments()
}

func (b *Buffer) freeSegments() [2][]byte {
	if b.used == 0 {
		b.begin = 0 // nobody can be reading, and one segment is better than two
	}
	return b.segments(b.begin+b.used, len(b.ring)-b.used)
}

// UsedSegments returns the bytes that can be read, for [Buffer.Discard]: those
// of the first segment are in front of those of the second, and either may be
// empty. They are the reading goroutine's until its next call of a method of
// the Buffer.
func (b *Buffer) UsedSegments() [2][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.usedSegments()
}

func (b *Buffer) usedSegments() [2][]byte { return b.segments(b.begin, b.used) }

// segments returns n bytes of the ring, which may go round its end. No more can
// be had of them by append.
func (b *Buffer) segments(begin, n int) [2][]byte {
	if begin >= len(b.ring) {
		begin -= len(b.ring)
	}
	end := begin + n
	if end <= len(b.ring) {
		return [2][]byte{b.ring[begin:end:end]}
	}
	end -= len(b.ring)
	return [2][]byte{b.ring[begin:], b.ring[:end:end]}
}

func (b *Buffer) copyOut(p []byte) (n int) {
	for _, segment := range b.usedSegments() {
		n += copy(p[n:], segment)
	}
	return n
}

// A VectorReader is a *streamsock.Conn, or what else reads into several
// buffers and returns once anything is there.
type VectorReader interface {
	Readv(bufs [][]byte) (int64, error)
}

// A VectorWriter is a *streamsock.Conn, or what else writes several buffers, one
// behind the other.
type VectorWriter interface {
	Writev(bufs [][]byte) (int64, error)
}

// Fill reads once from r into all the room that there is, and returns how many
// bytes it got and the error of r: of a connection, [io.EOF] at the end of the
// stream. If the buffer is full, it does not read, and the error is
// [io.ErrShortBuffer].
func (b *Buffer) Fill(r VectorReader) (int64, error) {
	b.free = b.FreeSegments()
	segments := trim(&b.free)
	if len(segments) == 0 {
		return 0, io.ErrShortBuffer
	}
	n, err := r.Readv(segments)
	check("Readv read", n, &b.free)
	b.free = [2][]byte{} // so that nothing of them outlives a Resize
	b.Advance(int(n))
	return n, err
}

// Drain writes all that can be read to w, at once, and returns how many bytes
// that was, which are read then, and the error of w. If the buffer is empty,
// it does not write, and there is no error.
//
// The Writev of a connection waits until all is written. A VectorWriter that
// calls its Sendmsg with DontWait writes what there is room for.
func (b *Buffer) Drain(w VectorWriter) (int64, error) {
	b.full = b.UsedSegments()
	segments := trim(&b.full)
	if len(segments) == 0 {
		return 0, nil
	}
	n, err := w.Writev(segments)
	check("Writev wrote", n, &b.full)
	b.full = [2][]byte{}
	b.Discard(int(n))
	return n, err
}

// check panics if n cannot be the number of bytes that were read into, or written
// from, the segments.
func check(did string, n int64, s *[2][]byte) {
	if all := len(s[0]) + len(s[1]); n < 0 || n > int64(all) {
		panic(fmt.Sprintf("fifo: %s %d bytes of %d", did, n, all))
	}
}

// trim returns those segments that are not empty. They lie in s, so that
// nothing is allocated.
func trim(s *[2][]byte) [][]byte {
	switch {
	case len(s[0]) == 0: // and then the second is empty too
		return nil
	case len(s[1]) == 0:
		return s[:1]
	}
	return s[:]
}

// Resize changes the capacity and keeps the bytes. If there are more than that,
// nothing is changed, and the error is [io.ErrShortBuffer].
func (b *Buffer) Resize(capacity int) error {
	ring := make([]byte, max(0, capacity)) // it may panic, and so not under the lock
	b.mu.Lock()
	if used := b.used; capacity < used {
		b.mu.Unlock()
		return fmt.Errorf("fifo: resize to %d with %d bytes in use: %w", capacity, used, io.ErrShortBuffer)
	}
	b.copyOut(ring)
	readable, writable := b.state()
	b.ring, b.begin = ring, 0
	b.changed(readable, writable)
	b.unlock()
	return nil
}

// Reset throws all bytes away.
func (b *Buffer) Reset() {
	b.mu.Lock()
	b.set(0, 0)
	b.unlock()
}

// set says which bytes are used.
func (b *Buffer) set(begin, used int) {
	readable, writable := b.state()
	if begin >= len(b.ring) {
		begin -= len(b.ring)
	}
	b.begin, b.used = begin, used
	b.changed(readable, writable)
}

func (b *Buffer) state() (readable, writable bool) { return b.used > 0, b.used < len(b.ring) }

// changed takes down what has changed since the state was as told.
func (b *Buffer) changed(wasReadable, wasWritable bool) {
	readable, writable := b.state()
	if readable != wasReadable && b.OnReadable != nil {
		b.changes = append(b.changes, change{on: readable})
	}
	if writable != wasWritable && b.OnWritable != nil {
		b.changes = append(b.changes, change{true, writable})
	}
}

// unlock unlocks the buffer and tells of the changes, unless a goroutine is at
// it, which may be this one: it will tell of these as well.
func (b *Buffer) unlock() {
	defer b.mu.Unlock()
	if b.telling {
		return
	}
	b.telling = true
	defer func() { b.telling = false }() // even if a call panics
	for len(b.changes) > 0 {
		b.tell(b.take())
	}
}

// take returns the oldest change. The changes after it move to the front when
// they are no more than were taken since the last time, so that each change costs
// constant time and calls that lead to further changes do not grow the queue.
func (b *Buffer) take() change {
	c := b.changes[b.next]
	b.next++
	if rest := b.changes[b.next:]; len(rest) <= b.next {
		b.changes, b.next = append(b.changes[:0], rest...), 0
	}
	return c
}

// tell calls without the lock.
func (b *Buffer) tell(c change) {
	b.mu.Unlock()
	defer b.mu.Lock()
	if c.writable {
		b.OnWritable(c.on)
	} else {
		b.OnReadable(c.on)
	}
}
