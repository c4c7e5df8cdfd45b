// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// RelayStats is what a relay has moved.
type RelayStats struct {
	AToB int64 // bytes from a to b
	BToA int64 // bytes from b to a
}

// Relay is a Relayer without an idle timeout or resets: the whole of a proxy
// once both connections are there. It copies in both directions until both have
// ended, closes both connections, and returns how much it moved.
func Relay(ctx context.Context, a, b *Conn) (RelayStats, error) {
	var r Relayer
	return r.Relay(ctx, a, b)
}

// A Relayer copies between two connections in both directions. The zero Relayer
// is ready for use.
type Relayer struct {
	// IdleTimeout ends a relay in which nothing has moved for so long, in
	// either direction. 0 is no limit.
	IdleTimeout time.Duration

	// Reset has a relay that ends with an error reset both connections, by
	// [Conn.Abort], so that neither peer takes what it got for the whole.
	// Otherwise it closes them, which a peer cannot tell from a regular end.
	Reset bool
}

// ErrIdle is the error of a relay of which the IdleTimeout is over. For it,
// errors.Is(err, [os.ErrDeadlineExceeded]) holds too.
var ErrIdle error = idleError{}

type idleError struct{}

func (idleError) Error() string        { return "relay is idle" }
func (idleError) Timeout() bool        { return true }
func (idleError) Temporary() bool      { return true }
func (idleError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

// Relay copies from a to b and from b to a at the same time, on Linux by
// splice(2), past urgent bytes, as [Conn.ReadFrom] does. An urgent byte itself
// is not passed on. When one peer ends its side of the stream, Relay ends that
// of the other and goes on in the other direction.
//
// It returns when both directions have ended, at the first error, when nothing
// has moved for IdleTimeout ([ErrIdle]), or when ctx ends (its error), and has
// closed both connections then, in every case. The deadlines of the connections
// count as well.
func (r *Relayer) Relay(ctx context.Context, a, b *Conn) (RelayStats, error) {
	t := transit{a: a, b: b, reset: r.Reset}
	stop := context.AfterFunc(ctx, func() { t.end(ctx.Err()) })
	t.watch(r.IdleTimeout)

	done := make(chan error, 2)
	go func() { done <- pump(b, a, &t.aToB) }()
	go func() { done <- pump(a, b, &t.bToA) }()
	for range 2 {
		if err := <-done; err != nil {
			t.end(err)
		}
	}
	t.end(nil)
	stop()
	return RelayStats{t.aToB.Load(), t.bToA.Load()}, t.err
}

// pump copies in one direction and passes the end on.
func pump(dst, src *Conn, count *atomic.Int64) error {
	m := &meter{dst, count}
	_, err, handled := splice(m, src)
	if !handled {
		_, err = io.Copy(m, withoutWriteTo{src})
	} else if err != nil {
		err = copyError(dst, src, err)
	}
	if err != nil {
		return err
	}
	return dst.CloseWrite()
}

// A meter counts what is written to a Conn.
type meter struct {
	c     *Conn
	count *atomic.Int64
}

func (m *meter) Write(p []byte) (n int, err error) {
	n, err = m.c.Write(p)
	m.count.Add(int64(n))
	return n, err
}

// A transit is a relay that goes on.
type transit struct {
	a, b       *Conn
	reset      bool
	aToB, bToA atomic.Int64

	once sync.Once
	over atomic.Bool
	err  error
	idle *time.Timer
}

// end ends a relay for the first reason that there is: it closes both
// connections, and all that waits for them wakes up.
func (t *transit) end(err error) {
	t.once.Do(func() {
		t.over.Store(true)
		t.err = err
		if t.idle != nil {
			t.idle.Stop()
		}
		for _, c := range []*Conn{t.a, t.b} {
			if err != nil && t.reset {
				c.Abort()
			} else {
				c.Close()
			}
		}
	})
}

// watch ends the relay when nothing has moved for a time. It looks eight times
// in that time, whether the sum has changed.
func (t *transit) watch(timeout time.Duration) {
	if timeout <= 0 {
		return
	}
	const looks = 8
	same, sum := 0, int64(0)
	tick := max(timeout/looks, time.Millisecond)
	start := make(chan struct{})
	t.idle = time.AfterFunc(tick, func() {
		<-start
		now := t.aToB.Load() + t.bToA.Load()
		if same++; now != sum {
			same, sum = 0, now
		}
		switch {
		case same > looks:
			t.end(ErrIdle)
		case !t.over.Load():
			t.idle.Reset(tick)
		}
	})
	close(start) // t.idle is set
}
