// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"example.com/streamsock/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// A rawOnly is a [syscall.Conn] of a raw connection.
type rawOnly struct{ rc syscall.RawConn }

func (c rawOnly) SyscallConn() (syscall.RawConn, error) { return c.rc, nil }

// samples has values to set for the options for which those of their type will
// not do. At least two, so that one differs from the current value.
var samples = map[string][]string{
	"AcceptFilter":     {"dataready", "httpready"},
	"AddrPreferences":  {"1", "2"}, // temporary, public
	"BindToDevice":     {"lo"},
	"BusyPoll":         {"50us"},
	"CompartmentID":    {"1"},
	"Congestion":       {"reno", "cubic"},
	"DelayedAckMax":    {"40ms", "80ms"},
	"FastOpenKey":      {"000102030405060708090a0b0c0d0e0f"},
	"HopLimit":         {"33", "34"},
	"IPOptions":        {"01010101"}, // four times no operation
	"Linger":           {"7s", "off"},
	"LogID":            {"a", "b"},
	"LocalPortRange":   {"40000-40999", "41000-41999"},
	"MD5SigExt":        {"127.0.0.1,key"},
	"MTUDiscover":      {"do", "dont"},
	"MaxPacingRate":    {"1000000"},
	"MaxSegment":       {"1000", "1001"},
	"MinHopLimit":      {"60", "61"},
	"PortRangeClass":   {"high", "default"},
	"RTOMax":           {"90s", "91s"},
	"RTOMin":           {"40ms", "80ms"},
	"ReadBuffer":       {"40000", "50000"},
	"ReadBufferForce":  {"40000", "50000"},
	"SynCount":         {"3", "4"},
	"TrafficClass":     {"0xb8", "0x28"},
	"TxDelay":          {"1ms"},
	"ULP":              {"tls"},
	"UserMTU":          {"1400", "1300"},
	"WindowClamp":      {"60000", "50000"},
	"WriteBuffer":      {"40000", "50000"},
	"WriteBufferForce": {"40000", "50000"},
}

// samples6 has samples for IPv6, where they differ.
var samples6 = map[string][]string{
	"MD5SigExt": {"::1,key"},
}

// ofType has the samples of the other options, by type.
var ofType = map[string][]string{
	"bool":                {"true", "false"},
	"int":                 {"1", "2", "3"},
	"uint8":               {"1", "2"},
	"uint32":              {"1", "2"},
	"uint64":              {"1", "2"},
	"time.Duration":       {"3s", "5s"},
	"sockopt.BufferLocks": {"3", "0"},
}

// TestOptions gets, sets and gets again every option of this system, on IPv4
// and IPv6.
func TestOptions(t *testing.T) {
	var lacking []string
	for _, network := range []string{"tcp4", "tcp6"} {
		for i := range All() {
			if !i.Supported {
				continue
			}
			t.Run(network+"/"+i.Name, func(t *testing.T) {
				if hole(i) {
					t.Skip("a hole of the emulator")
				}
				err := testOption(t, network, i, socket(t, network, i.When))
				if errors.Is(err, errors.ErrUnsupported) {
					lacking = append(lacking, network+"/"+i.Name)
				}
				if errors.Is(err, os.ErrPermission) {
					t.Skipf("requires a privilege: %v", err)
				}
			})
		}
	}
	slices.Sort(lacking)
	t.Logf("what this kernel lacks: %s", strings.Join(lacking, " "))
}

// testOption returns the error if the kernel lacks the option, or requires a
// privilege for it. It never ends the test, since package net may be its caller.
func testOption(t *testing.T, network string, i Info, c syscall.Conn) error {
	before, err := i.Get(c)
	if !checkGet(t, i, err) {
		return err
	}
	if err == nil {
		if got := reflect.TypeOf(before).String(); got != i.Type {
			t.Errorf("Get returned a %s, want a %s", got, i.Type)
		}
	}
	if i.Access&Writable == 0 {
		t.Logf("%v", before)
		return nil
	}
	s, err := sampleOf(network, i, before)
	if err != nil {
		t.Error(err)
		return nil
	}
	if err := Apply(c, s); err != nil {
		return checkSet(t, i, s, err)
	}
	read := i
	if by, ok := readBy[i.Name]; ok {
		read, _ = Lookup(by)
	}
	if read.Access&Readable == 0 {
		return nil
	}
	after, err := read.Get(c)
	if err != nil {
		t.Error(err)
		return nil
	}
	want := value(s)
	if f, ok := kernelTruth[i.Name]; ok {
		want = f(want)
	}
	if got := format(after); got != want {
		t.Errorf("set %v, read %s, want %s (before: %v)", s, got, want, before)
	}
	return nil
}

// readBy names the option that shows the effect of one that cannot be read.
var readBy = map[string]string{
	"ReadBufferForce":  "ReadBuffer",
	"WriteBufferForce": "WriteBuffer",
}

// checkGet reports whether to continue after reading the option.
func checkGet(t *testing.T, i Info, err error) bool {
	switch {
	case err == nil:
		return true
	case i.Access&Readable == 0:
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("a write-only option: %v", err)
		}
		return true
	case errors.Is(err, errors.ErrUnsupported):
		t.Logf("this kernel lacks it: %v", err)
	case i.Name == "OriginalDst" && errors.Is(err, syscall.ENOENT):
		t.Logf("no packet filter has redirected the connection: %v", err)
	case refused(i, err):
		t.Logf("not here: %v", err)
	default:
		t.Error(err)
	}
	return false
}

// checkSet judges a failed Set.
func checkSet(t *testing.T, i Info, s Setting, err error) error {
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		t.Logf("this kernel lacks it: %v", err)
		return err
	case errors.Is(err, os.ErrPermission):
		return err
	case refused(i, err):
		t.Logf("not here: %v", err)
	default:
		t.Errorf("%v: %v", s, err)
	}
	return nil
}

func TestUnsupportedHere(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	n := 0
	for i := range All() {
		if i.Supported {
			continue
		}
		n++
		if i.Sys != "" || i.Number != 0 {
			t.Errorf("%s: %+v for an option that this system lacks", i.Name, i)
		}
		if _, err := i.Get(c); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: Get: %v", i.Name, err)
		}
		texts := sampleTexts("tcp4", i)
		if i.Access&Writable == 0 || texts == nil {
			continue
		}
		s, err := i.Parse(texts[0])
		if err != nil {
			t.Error(err)
		}
		if err := Apply(c, s); !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), i.Name) {
			t.Errorf("%s: Set: %v", i.Name, err)
		}
	}
	t.Logf("%d options are not of this system", n)
}
