// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
)

// TestRanges checks each limit of this system's table against the system, which
// must accept the number at the limit and refuse the one beyond.
func TestRanges(t *testing.T) {
	for i := range All() {
		row := sys.Lookup(i.Name)
		if row == nil || len(row.Ranges) == 0 || i.Name == "Linger" || hole(i) {
			continue
		}
		o := New(row.Name, row.Level, row.Number, IntCodec()) // without the limits
		accepts := func(n int) bool {
			return slices.ContainsFunc(row.Ranges, func(r sys.Range) bool { return r.Min <= n && n <= r.Max })
		}
		t.Run(i.Name, func(t *testing.T) {
			c := socket(t, "tcp4", i.When)
			for _, r := range row.Ranges {
				for _, n := range []int{r.Min - 1, r.Min, r.Max, r.Max + 1} {
					err := o.Set(c, n)
					if errors.Is(err, errors.ErrUnsupported) {
						t.Logf("%s: this kernel lacks it: %v", i.Name, err)
						return
					}
					if n == 1 && (i.Name == "RTOMin" || i.Name == "DelayedAckMax") {
						continue // the least depends on the kernel's clock
					}
					if (err == nil) != accepts(n) {
						t.Errorf("%s: %d: %v, and the table has %v", i.Name, n, err, row.Ranges)
					}
				}
			}
		})
	}
}

// A refusal is a setting that must be rejected before the system call.
type refusal struct {
	s     Setting
	where string // the only GOOS, or empty for all that have the option
}

// TestRefused checks that values outside of the documented ranges are refused
// before the system call.
func TestRefused(t *testing.T) {
	refusals := []refusal{
		{KeepAliveIdle.To(0), "linux"},
		{KeepAliveIdle.To(32767*time.Second + 1), "linux"},
		{KeepAliveIdle.To(40000 * time.Second), "linux"},
		{KeepAliveInterval.To(0), "linux"},
		{KeepAliveInterval.To(32768 * time.Second), "linux"},
		{KeepAliveCount.To(0), ""},
		{KeepAliveCount.To(128), "linux"},
		{MaxSegment.To(1), "linux"},
		{MaxSegment.To(87), "linux"},
		{MaxSegment.To(32768), "linux"},
		{RTOMin.To(0), "linux"},
		{RTOMin.To(200*time.Millisecond + 1), "linux"},
		{DelayedAckMax.To(0), "linux"},
		{DelayedAckMax.To(time.Second), "linux"},
		{RTOMax.To(999 * time.Millisecond), "linux"},
		{RTOMax.To(120*time.Second + 1), "linux"},
		{FastOpenKey.To(nil), ""},
		{FastOpenKey.To(make([]byte, 5)), ""},
		{FastOpenKey.To(make([]byte, 17)), ""},
		{FastOpenKey.To(make([]byte, 33)), ""},
		{HopLimit.To(-2), ""},
		{HopLimit.To(256), ""},
		{MinHopLimit.To(256), ""},
		{Congestion.To(""), ""},
		{ULP.To(""), ""},
		{Linger.To(Lingering{true, 328 * time.Second}), "darwin"},
		{Linger.To(Lingering{true, 65536 * time.Second}), "windows"},
		{UserTimeout.To(-1), ""},
	}
	c, _ := testnet.Pair(t, "tcp4")
	for _, r := range refusals {
		i := r.s.Info()
		if !i.Supported || r.where != "" && r.where != runtime.GOOS {
			continue
		}
		err := Apply(c, r.s)
		var call *os.SyscallError
		if !errors.Is(err, os.ErrInvalid) || errors.As(err, &call) {
			t.Errorf("%v: %v, want os.ErrInvalid and no system call", r.s, err)
		}
		text := value(r.s)
		if strings.HasPrefix(text, "[") || text == "" {
			continue // bytes
		}
		if s, err := i.Parse(text); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s: Parse(%q) returns %v, %v", i.Name, text, s, err)
		}
	}
}

// TestRangeText checks that an error names the range in the option's unit.
func TestRangeText(t *testing.T) {
	row := &sys.Row{Unit: time.Second, Ranges: []sys.Range{{Min: 0, Max: 0}, {Min: 88, Max: 90}}}
	if err := errRange(time.Minute, row); err.Error() != "value 1m0s out of range 0s or [1m28s, 1m30s]: invalid argument" {
		t.Error(err)
	}
	if err := errRange(7, &sys.Row{Ranges: []sys.Range{{Min: -1, Max: 5}}}); err.Error() != "value 7 out of range [-1, 5]: invalid argument" {
		t.Error(err)
	}
}

// TestNumbers has user-defined options whose level, number or size does not fit
// the arguments of the system calls.
func TestNumbers(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	i := NoDelay.Info()
	options := map[string]Option[[]byte]{
		"negative size": New("SIZE", i.Level, i.Number, BytesCodec(-1)),
	}
	if wide := int64(1) << 32; int64(int(wide)) == wide {
		options["size"] = New("SIZE", i.Level, i.Number, BytesCodec(int(wide)))
		options["level"] = New("LEVEL", i.Level+int(wide), i.Number, BytesCodec(4))
		options["number"] = New("NUMBER", i.Level, i.Number+int(wide), BytesCodec(4))
	}
	for name, o := range options {
		if v, err := o.Get(c); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s: Get: %v, %v", name, v, err)
		}
		if name == "size" {
			continue // of values that are read
		}
		if err := o.Set(c, ints(0)); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s: Set: %v", name, err)
		}
	}
	if on, err := NoDelay.Get(c); !on || err != nil {
		t.Errorf("NoDelay is %t, %v", on, err)
	}
}
