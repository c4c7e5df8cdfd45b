// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"os"
	"runtime"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// TestTimeoutBesideCut has the timeout of an operation end while the operation, which
// the cut of another one has interrupted, waits until that one is over. It reports the
// timeout and leaves no cut.
func TestTimeoutBesideCut(t *testing.T) {
	client, _ := testnet.Pair(t, "tcp4")
	c, err := wrap(client)
	if err != nil {
		t.Fatal(err)
	}
	const timeout = 100 * time.Millisecond
	testnet.Promptly(t, func() {
		d := &c.read
		await := func(met func(s *deadlines) bool) {
			for done := false; !done; runtime.Gosched() {
				s := d.lock()
				done = met(s)
				d.mu.Unlock()
			}
		}
		start := time.Now()
		ended := make(chan error, 1)
		go func() {
			_, err := c.WithTimeouts(timeout, 0).Read(make([]byte, 1))
			ended <- err
		}()
		await(func(s *deadlines) bool { return len(s.rolling) > 0 })
		d.cut(1)
		await(func(s *deadlines) bool { return s.uncut != nil })
		time.Sleep(time.Until(start.Add(2 * timeout)))
		d.cut(-1)
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) < 2*timeout {
			t.Errorf("Read: %v, after %v", err, time.Since(start))
		}
		if s := d.lock(); s.cuts != 0 || len(s.rolling) > 0 {
			t.Errorf("%d cuts, %d operations wait", s.cuts, len(s.rolling))
		}
		d.mu.Unlock()
	})
}

// TestTimeoutsOfTwo has an operation with a timeout begin to wait and end while another
// one waits, whose own timeout stays.
func TestTimeoutsOfTwo(t *testing.T) {
	client, _ := testnet.Pair(t, "tcp4")
	c, err := wrap(client)
	if err != nil {
		t.Fatal(err)
	}
	d := &c.read
	var waits, passes rolling
	d.roll(&waits, time.Now().Add(20*time.Millisecond))
	d.roll(&passes, time.Now().Add(time.Hour))
	d.rolled(&passes)
	testnet.Promptly(t, func() {
		for expired := false; !expired; runtime.Gosched() {
			s := d.lock()
			expired = waits.expired && s.cuts == 1
			d.mu.Unlock()
		}
	})
	d.rolled(&waits)
	if s := d.lock(); s.cuts != 0 {
		t.Errorf("%d cuts", s.cuts)
	}
	d.mu.Unlock()
}
