// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package forms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// Compare runs work in each form. What it logs must be the same as with package net, and
// it must leave no more goroutines and sockets than with that. The result is recorded for
// the table of libraries, below the name of the library.
func Compare(t *testing.T, library string, work func(e *Env)) {
	t.Helper()
	CompareForms(t, library, All, work)
}

// CompareForms is Compare with some of the forms, of which the first is Net.
func CompareForms(t *testing.T, library string, forms []Form, work func(e *Env)) {
	t.Helper()
	var base []string
	var left [2]int // goroutines and sockets that the library leaves with package net
	for _, form := range forms {
		ok := t.Run(string(form), func(t *testing.T) {
			runtime.GC()
			goroutines, sockets := runtime.NumGoroutine(), openSockets()
			e := &Env{Form: form}
			t.Run("work", func(t *testing.T) {
				e.T = t
				work(e)
			})
			g, s := settled(goroutines+left[0], sockets+left[1])
			if form == Net {
				base, left = e.log, [2]int{max(g-goroutines, 0), max(s-sockets, 0)}
				return
			}
			if g > goroutines+left[0] {
				t.Errorf("%d goroutines before, %d after\n%s", goroutines, g, testnet.Stacks())
			}
			if s > sockets+left[1] {
				t.Errorf("%d sockets before, %d after", sockets, s)
			}
			same(t, base, e.log)
		})
		Record(t, library, form, ok)
	}
}

// same checks that two logs are the same.
func same(t *testing.T, want, got []string) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		a, b := "(nothing)", "(nothing)"
		if i < len(want) {
			a = want[i]
		}
		if i < len(got) {
			b = got[i]
		}
		if a != b {
			t.Errorf("it differs from package net:\n\t%s\n\t%s", a, b)
		}
	}
}

// resultsVariable names the file for what was recorded.
const resultsVariable = "ECOSYSTEM_RESULTS"

// Record records a result for the table.
func Record(t *testing.T, library string, form Form, ok bool) {
	t.Helper()
	name := os.Getenv(resultsVariable)
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	result := "same"
	if !ok {
		result = "differs"
	}
	if _, err := fmt.Fprintf(f, "%s\t%s\t%s\n", library, form, result); err != nil {
		t.Fatal(err)
	}
}

// openSockets returns the number of sockets of this process.
func openSockets() int {
	n := 0
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			n++
		}
	}
	return n
}

// settled waits until there are no more goroutines and sockets than before, for a while.
func settled(goroutines, sockets int) (g, s int) {
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		g, s = runtime.NumGoroutine(), openSockets()
		if g <= goroutines && s <= sockets || time.Since(start) > 5*time.Second {
			return g, s
		}
	}
}

var (
	port    = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]|localhost):\d+`)
	pointer = regexp.MustCompile(`0x[0-9a-f]{6,}`)
)

// normal takes out of a text what differs from run to run.
func normal(s string) string {
	return pointer.ReplaceAllString(port.ReplaceAllString(s, "$1:N"), "0xN")
}

// Describe returns what a program can find out about an error: its text, the types in
// its chain, and what it is.
func Describe(err error) string {
	if err == nil {
		return "<nil>"
	}
	var types []string
	for e := err; e != nil; e = errors.Unwrap(e) {
		types = append(types, fmt.Sprintf("%T", e))
	}
	s := fmt.Sprintf("%v %v", err, types)
	if ne, ok := errors.AsType[net.Error](err); ok {
		s += fmt.Sprintf(" timeout=%v", ne.Timeout())
	}
	for _, target := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, os.ErrDeadlineExceeded, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, target) {
			s += fmt.Sprintf(" is(%v)", target)
		}
	}
	return s
}

// Need returns the value of a variable that names a server, and skips the test if there
// is none.
func Need(t *testing.T, variable string) string {
	t.Helper()
	v := os.Getenv(variable)
	if v == "" {
		t.Skip(variable + " is not set")
	}
	return v
}
