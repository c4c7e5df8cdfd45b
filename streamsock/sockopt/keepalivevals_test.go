// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// TestKeepAliveVals sets the times of keep-alive on a Windows that has no
// options for them, such as wine: both together or not at all, and nothing else.
func TestKeepAliveVals(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	idle, interval := KeepAliveIdle.To(66*time.Second), KeepAliveInterval.To(7*time.Second)
	if err := Apply(c, idle); err == nil || runtime.GOOS != "windows" {
		t.Skip("the system has the option, or neither")
	}
	for _, on := range []bool{true, false} {
		if err := KeepAlive.Set(c, on); err != nil {
			t.Fatal(err)
		}
		if err := Apply(c, NoDelay.To(true), interval, idle); err != nil {
			t.Errorf("both: %v", err)
		}
		if got, err := KeepAlive.Get(c); got != on || err != nil {
			t.Errorf("KeepAlive is %t, %v, and was %t", got, err, on)
		}
	}
	for name, s := range map[string][]Setting{
		"idle":     {idle},
		"interval": {interval},
		"no idle":  {KeepAliveIdle.To(0), interval},
		"too long": {idle, KeepAliveInterval.To(50 * 24 * time.Hour)},
		"another":  {idle, interval, KeepAliveCount.To(3)},
	} {
		if err := Apply(c, s...); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := KeepAliveIdle.Get(c); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}
