// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"io"
	"os"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// The tests of this file check statements in the documentation of the options
// that depend on the kernel, so that a change in a later kernel is noticed.

// recentKernel skips the test on emulators and on kernels before Linux 6.17.
func recentKernel(t *testing.T) {
	t.Helper()
	if e := os.Getenv("STREAMSOCK_EMULATOR"); e != "" {
		t.Skip("the emulator " + e + " is not a Linux kernel")
	}
	if _, err := RTOMin.Get(listener(t, "tcp4")); err != nil {
		t.Skip("the documentation describes later kernels: ", err)
	}
}

// accepted returns a function that gets an option of a connection accepted by a
// listener with the settings.
func accepted(t *testing.T, s ...Setting) (get func(Info) any) {
	t.Helper()
	l := listener(t, "tcp4", s...)
	if _, err := dialFor(t, testnet.Patience, l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	a := accept(t, l)
	return func(i Info) any {
		v, err := i.Get(a)
		if err != nil {
			t.Error(err)
		}
		return v
	}
}

func TestNotInherited(t *testing.T) {
	recentKernel(t)
	get := accepted(t, Priority.To(4), IPOptions.To([]byte{1, 1, 1, 1}), QuickAck.To(false), Linger2.To(7*time.Second))
	if v := get(Priority.Info()); v != 0 {
		t.Errorf("Priority is inherited: %v", v)
	}
	if v := get(IPOptions.Info()).([]byte); len(v) != 0 {
		t.Errorf("IPOptions is inherited: % x", v)
	}
	if v := get(QuickAck.Info()); v != true {
		t.Errorf("QuickAck is inherited: %v", v)
	}
	if v := get(Linger2.Info()); v != 7*time.Second {
		t.Errorf("Linger2 is not inherited: %v", v)
	}
}

func TestAcceptedDefaults(t *testing.T) {
	recentKernel(t)
	before, err := WriteBuffer.Get(fresh(t, "tcp4"))
	if err != nil {
		t.Fatal(err)
	}
	get := accepted(t)
	if v := get(ReuseAddr.Info()); v != true {
		t.Errorf("ReuseAddr is %v on an accepted connection, want true", v)
	}
	if v := get(WriteBuffer.Info()).(int); v <= before {
		t.Errorf("WriteBuffer is %d after the handshake, %d before", v, before)
	}
	if v, err := FastOpenKey.Get(listener(t, "tcp4")); len(v) != 0 || err != nil {
		t.Errorf("FastOpenKey is %d bytes, %v, on a listener without its own key", len(v), err)
	}
}

func TestLimits(t *testing.T) {
	recentKernel(t)
	c := fresh(t, "tcp4")
	for _, l := range []struct{ set, want Setting }{
		{Linger2.To(200 * time.Second), Linger2.To(120 * time.Second)},
		{WindowClamp.To(1), WindowClamp.To(1152)},
		{ReadBuffer.To(10000), ReadBuffer.To(20000)},
		{ReceiveLowat.To(1 << 20), ReceiveLowat.To(10000)},
	} {
		if err := Apply(c, l.set); err != nil {
			t.Error(err)
		}
		if v := Verify(c, l.want); len(v) != 0 {
			t.Errorf("after %v: %v", l.set, v)
		}
	}
}

// TestWindowClampOverwritten checks that the option is not permanent.
func TestWindowClampOverwritten(t *testing.T) {
	recentKernel(t)
	a, peer := testnet.Pair(t, "tcp4")
	const clamp, size = 20000, 8 << 20
	if err := WindowClamp.Set(a, clamp); err != nil {
		t.Fatal(err)
	}
	go func() {
		peer.Write(make([]byte, size))
		peer.CloseWrite()
	}()
	if n, err := io.Copy(io.Discard, a); n != size || err != nil {
		t.Fatalf("received %d bytes, %v", n, err)
	}
	if v, err := WindowClamp.Get(a); v <= clamp || err != nil {
		t.Errorf("WindowClamp is %d, %v, after %d bytes, want more than %d", v, err, size, clamp)
	}
}

// TestTxDelayIgnored checks that a device without the fq queueing discipline,
// such as the loopback device, does not delay packets.
func TestTxDelayIgnored(t *testing.T) {
	recentKernel(t)
	a, b := testnet.Pair(t, "tcp4")
	const delay = 200 * time.Millisecond
	if err := TxDelay.Set(a, delay); err != nil {
		t.Fatal(err)
	}
	least := time.Hour
	for range 5 {
		start := time.Now()
		if _, err := a.Write([]byte{0}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(b, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		least = min(least, time.Since(start))
	}
	if least >= delay {
		t.Errorf("a byte arrives after %v", least)
	}
}
