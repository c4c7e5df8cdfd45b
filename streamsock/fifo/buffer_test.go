// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package fifo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// patience is the time for a test.
const patience = 20 * time.Second

// told records the calls of a buffer.
func told(b *Buffer) *[]string {
	var calls []string
	b.OnReadable = func(on bool) { calls = append(calls, map[bool]string{true: "readable", false: "empty"}[on]) }
	b.OnWritable = func(on bool) { calls = append(calls, map[bool]string{true: "writable", false: "full"}[on]) }
	return &calls
}

// want fails unless the calls since the last time were these.
func want(t *testing.T, calls *[]string, after string, these ...string) {
	t.Helper()
	if !slices.Equal(*calls, these) {
		t.Errorf("after %s: calls %q, want %q", after, *calls, these)
	}
	*calls = nil
}

// TestTransitions counts the calls that POCO's tests of its FIFOBuffer count.
func TestTransitions(t *testing.T) {
	hurry(t)
	b := New(10)
	calls := told(b)
	want(t, calls, "New")
	b.Write([]byte("01234"))
	want(t, calls, "Write of a half", "readable")
	b.Write([]byte("5678"))
	want(t, calls, "Write of more")
	b.Write([]byte("9"))
	want(t, calls, "Write of the rest", "full")
	b.Write([]byte("x"))
	b.Write(nil)
	b.Peek(make([]byte, 3))
	want(t, calls, "Write when full and Peek")
	b.Read(make([]byte, 4))
	want(t, calls, "Read", "writable")
	b.Read(nil)
	b.Discard(0)
	b.Advance(0)
	b.Discard(5)
	want(t, calls, "Discard of all but one")
	b.Read(make([]byte, 4))
	want(t, calls, "Read of the rest", "empty")
	b.Read(make([]byte, 4))
	b.Discard(10)
	want(t, calls, "Read when empty")
	b.Write([]byte("0123456789abc"))
	want(t, calls, "Write of more than there is room for", "readable", "full")
	b.Discard(10)
	want(t, calls, "Discard of all", "empty", "writable")
	copy(b.FreeSegments()[0], "0123456789")
	want(t, calls, "FreeSegments")
	b.Advance(10)
	want(t, calls, "Advance to the end", "readable", "full")
	b.Reset()
	want(t, calls, "Reset", "empty", "writable")
	b.Reset()
	want(t, calls, "Reset when empty")

	b.Write([]byte("01234"))
	b.Resize(20)
	want(t, calls, "Resize", "readable")
	b.Resize(5)
	want(t, calls, "Resize to what there is", "full")
	if err := b.Resize(4); !errors.Is(err, io.ErrShortBuffer) || b.Cap() != 5 || b.Len() != 5 {
		t.Errorf("Resize to less: %v", err)
	}
	want(t, calls, "Resize to less")
	b.Resize(6)
	want(t, calls, "Resize to more", "writable")
	p := make([]byte, 10)
	if n, err := b.Read(p); string(p[:n]) != "01234" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	want(t, calls, "Read of all", "empty")
	b.Resize(0)
	want(t, calls, "Resize to 0", "full")
}

func TestErrors(t *testing.T) {
	hurry(t)
	b := New(3)
	p := make([]byte, 10)
	if n, err := b.Read(p); n != 0 || err != io.EOF {
		t.Errorf("Read when empty: %d, %v", n, err)
	}
	if n, err := b.Read(nil); n != 0 || err != nil {
		t.Errorf("Read of nothing: %d, %v", n, err)
	}
	if n, err := b.Write([]byte("abcd")); n != 3 || err != io.ErrShortWrite {
		t.Errorf("Write of too much: %d, %v", n, err)
	}
	if n, err := b.Write([]byte("d")); n != 0 || err != io.ErrShortWrite {
		t.Errorf("Write when full: %d, %v", n, err)
	}
	if n, err := b.Write(nil); n != 0 || err != nil {
		t.Errorf("Write of nothing: %d, %v", n, err)
	}
	if n, err := b.Peek(p); string(p[:n]) != "abc" || err != nil {
		t.Errorf("Peek: %q, %v", p[:n], err)
	}
	if err := iotest.TestReader(b, []byte("abc")); err != nil {
		t.Error(err)
	}

	var zero Buffer
	if n, err := zero.Write([]byte("a")); n != 0 || err != io.ErrShortWrite || zero.Cap() != 0 {
		t.Errorf("Write to the zero Buffer: %d, %v", n, err)
	}
	if n, err := zero.Read(p); n != 0 || err != io.EOF || zero.Discard(1) != 0 {
		t.Errorf("Read from the zero Buffer: %d, %v", n, err)
	}
	if err := zero.Resize(1); err != nil {
		t.Error(err)
	}
	if n, err := zero.Write([]byte("a")); n != 1 || err != nil {
		t.Errorf("Write after Resize: %d, %v", n, err)
	}

	for name, f := range map[string]func(){
		"Advance(-1)":           func() { b.Advance(-1) },
		"Advance(4)":            func() { b.Advance(4) },
		"Discard(-1)":           func() { b.Discard(-1) },
		"Writev wrote":          func() { b.Write([]byte("a")); b.Drain(liar(2)) },
		"Writev wrote -1":       func() { full := New(1); full.Write([]byte("a")); full.Drain(liar(-1)) },
		"Readv read 3":          func() { New(2).Fill(liar(3)) },
		"Readv read 4294967296": func() { New(2).Fill(liar(1 << 32)) }, // is 0 as an int of 32 bits
		"Readv read -1":         func() { New(2).Fill(liar(-1)) },
	} {
		func() {
			defer func() {
				if s := fmt.Sprint(recover()); !strings.HasPrefix(s, "fifo: "+name) {
					t.Errorf("%s panics with %q", name, s)
				}
			}()
			f()
		}()
	}
	if strconv.IntSize == 64 { // otherwise it can be allocated
		func() {
			defer func() { recover() }()
			b.Resize(math.MaxInt)
			t.Error("Resize(math.MaxInt) does not panic")
		}()
	}
	if b.Len() != 1 || b.Free() != 2 { // and it is not locked
		t.Errorf("%d bytes and room for %d", b.Len(), b.Free())
	}
}

// A liar reports this number of bytes read or written, whatever its arguments.
type liar int64

func (l liar) Readv([][]byte) (int64, error)  { return int64(l), nil }
func (l liar) Writev([][]byte) (int64, error) { return int64(l), nil }

// TestSegments stay where they are when the other goroutine empties the buffer.
func TestSegments(t *testing.T) {
	hurry(t)
	b := New(8)
	b.Write([]byte("abc"))
	s := b.FreeSegments()
	if n := b.Discard(3); n != 3 {
		t.Fatalf("Discard: %d", n)
	}
	copy(s[0], "d")
	b.Advance(1)
	p := make([]byte, 8)
	if n, err := b.Read(p); string(p[:n]) != "d" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	// The next ones are in one piece.
	if s := b.FreeSegments(); len(s[0]) != 8 || len(s[1]) != 0 {
		t.Errorf("segments of %d and %d bytes", len(s[0]), len(s[1]))
	}
}

// vectors reads and writes up to n bytes, and keeps the data written.
type vectors struct {
	n    int
	in   *bytes.Buffer
	out  bytes.Buffer
	bufs int
}

func (v *vectors) Readv(bufs [][]byte) (n int64, err error) {
	v.bufs = len(bufs)
	for _, buf := range bufs {
		m, _ := v.in.Read(buf[:min(len(buf), v.n-int(n))])
		n += int64(m)
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (v *vectors) Writev(bufs [][]byte) (n int64, err error) {
	v.bufs = len(bufs)
	for _, buf := range bufs {
		m, _ := v.out.Write(buf[:min(len(buf), v.n-int(n))])
		n += int64(m)
	}
	return n, nil
}

func TestFillDrain(t *testing.T) {
	hurry(t)
	b := New(8)
	calls := told(b)
	v := &vectors{n: 100, in: bytes.NewBufferString("0123456789abc")}
	for _, test := range []struct {
		do   string
		n    int64
		bufs int
		err  error
	}{
		{"drain", 0, 0, nil},
		{"fill", 8, 1, nil},
		{"fill", 0, 0, io.ErrShortBuffer},
		{"discard", 3, 0, nil},
		{"fill", 3, 1, nil},
		{"discard", 7, 0, nil}, // one is left, in the midst
		{"fill", 2, 2, nil},
		{"fill", 0, 2, io.EOF},
		{"drain", 3, 1, nil},
		{"drain", 0, 0, nil},
	} {
		v.bufs = 0
		var n int64
		var err error
		switch test.do {
		case "fill":
			n, err = b.Fill(v)
		case "drain":
			n, err = b.Drain(v)
		default:
			n = int64(b.Discard(int(test.n)))
		}
		if n != test.n || err != test.err || v.bufs != test.bufs {
			t.Errorf("%s: %d bytes in %d segments, %v, want %d in %d, %v", test.do, n, v.bufs, err, test.n, test.bufs, test.err)
		}
	}
	if got := v.out.String(); got != "abc" {
		t.Errorf("drained %q", got)
	}
	want(t, calls, "all", "readable", "full", "writable", "full", "writable", "empty")
}

// model performs the operations of ops on a buffer and on a bytes.Buffer, and
// compares.
func model(t *testing.T, capacity int, ops []byte) {
	b := New(capacity)
	var m bytes.Buffer
	calls := told(b)
	next := byte(0)
	bytesOf := func(n int) []byte {
		p := make([]byte, n)
		for i := range p {
			p[i] = next
			next++
		}
		return p
	}
	for len(ops) >= 2 {
		op, n := ops[0]%9, int(ops[1])
		ops = ops[2:]
		before, wasFull := m.Len() > 0, m.Len() == capacity
		room := capacity - m.Len()
		switch op {
		case 0:
			p := bytesOf(n)
			got, err := b.Write(p)
			fits, _ := m.Write(p[:min(n, room)])
			if got != fits || (err == io.ErrShortWrite) != (fits < n) {
				t.Fatalf("Write of %d: %d, %v", n, got, err)
			}
		case 1, 2:
			p, q := make([]byte, n), make([]byte, n)
			read := b.Read
			if op == 2 {
				read = b.Peek
			}
			got, err := read(p)
			have := copy(q, m.Bytes())
			if op == 1 {
				m.Next(have)
			}
			if got != have || !bytes.Equal(p, q) || (err == io.EOF) != (have == 0 && n > 0) {
				t.Fatalf("Read or Peek of %d: %x, %v, want %x", n, p[:got], err, q[:have])
			}
		case 3:
			if got, have := b.Discard(n), len(m.Next(n)); got != have {
				t.Fatalf("Discard of %d: %d, want %d", n, got, have)
			}
		case 4:
			p := bytesOf(min(n, room))
			s := b.FreeSegments()
			if len(s[0])+len(s[1]) != room || len(s[0]) == 0 && len(s[1]) > 0 || cap(s[0]) != len(s[0]) || cap(s[1]) != len(s[1]) {
				t.Fatalf("FreeSegments have %d and %d, want %d", len(s[0]), len(s[1]), room)
			}
			copy(s[1], p[copy(s[0], p):])
			b.Advance(len(p))
			m.Write(p)
		case 5:
			s := b.UsedSegments()
			if all := slices.Concat(s[0], s[1]); !bytes.Equal(all, m.Bytes()) {
				t.Fatalf("UsedSegments are %x, want %x", all, m.Bytes())
			}
		case 6:
			in := bytesOf(n)
			got, err := b.Fill(&vectors{n: n, in: bytes.NewBuffer(in)})
			m.Write(in[:min(n, room)])
			if int(got) != min(n, room) || (err != nil) != (got == 0) {
				t.Fatalf("Fill with %d: %d, %v", n, got, err)
			}
		case 7:
			v := &vectors{n: n}
			got, err := b.Drain(v)
			if have := m.Next(n); int(got) != len(have) || !bytes.Equal(v.out.Bytes(), have) || err != nil {
				t.Fatalf("Drain of %d: %d, %x, %v, want %x", n, got, v.out.Bytes(), err, have)
			}
		case 8:
			err := b.Resize(n)
			if (err != nil) != (n < m.Len()) {
				t.Fatalf("Resize to %d: %v", n, err)
			}
			if err == nil {
				capacity = n
			}
		}
		if b.Len() != m.Len() || b.Cap() != capacity || b.Free() != capacity-m.Len() {
			t.Fatalf("after %d: Len %d, Cap %d, Free %d, want %d, %d", op, b.Len(), b.Cap(), b.Free(), m.Len(), capacity)
		}
		var changes []string
		if after := m.Len() > 0; after != before {
			changes = append(changes, map[bool]string{true: "readable", false: "empty"}[after])
		}
		if full := m.Len() == capacity; full != wasFull {
			changes = append(changes, map[bool]string{true: "full", false: "writable"}[full])
		}
		want(t, calls, fmt.Sprint("operation ", op), changes...)
	}
}

func TestModel(t *testing.T) {
	hurry(t)
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		ops := make([]byte, 2000)
		for i := range ops {
			ops[i] = byte(random.IntN(40))
		}
		model(t, random.IntN(40), ops)
	}
}

func FuzzModel(f *testing.F) {
	f.Add(uint8(8), []byte{0, 5, 3, 2, 0, 7, 5, 0, 1, 4, 4, 9, 6, 3, 7, 9})
	f.Add(uint8(0), []byte{0, 1, 8, 3, 6, 9, 8, 1, 7, 2, 8, 2})
	f.Fuzz(func(t *testing.T, capacity uint8, ops []byte) { model(t, int(capacity), ops) })
}

// TestCallsUseBuffer has the calls write and read, which nests no calls and
// keeps their order.
func TestCallsUseBuffer(t *testing.T) {
	hurry(t)
	b := New(4)
	var calls []string
	depth, written := 0, 0
	enter := func(name string, on bool) func() {
		if depth++; depth > 1 {
			t.Error("a call in a call")
		}
		calls = append(calls, fmt.Sprint(name, " ", on))
		return func() { depth-- }
	}
	b.OnReadable = func(on bool) {
		defer enter("readable", on)()
		if on {
			b.Read(make([]byte, 10)) // empties it: two changes
		}
	}
	b.OnWritable = func(on bool) {
		defer enter("writable", on)()
		if written++; on && written < 5 {
			b.Write([]byte("abcd"))
		}
	}
	b.Write([]byte("abcd"))
	got := strings.Join(calls, ", ")
	round := "readable true, writable false, readable false, writable true"
	if want := strings.Join([]string{round, round, round}, ", "); got != want {
		t.Errorf("calls:\n%s, want\n%s", got, want)
	}
}

// TestChangesQueue has a goroutine make n changes and more while a call waits.
// The calls are in the order of the changes, and the time of all is in
// proportion to their number.
func TestChangesQueue(t *testing.T) {
	hurry(t)
	took := func(n int) time.Duration {
		b := New(1)
		waits, gate := make(chan struct{}), make(chan struct{})
		var calls int
		b.OnReadable = func(on bool) {
			if calls == 0 {
				close(waits)
				<-gate
			}
			if calls++; on != (calls%2 == 1) {
				t.Errorf("call %d is %v", calls, on)
			}
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.Write([]byte("x"))
		}()
		<-waits
		for calls := 1; calls < n; calls++ {
			if calls%2 == 1 {
				b.Discard(1)
			} else {
				b.Write([]byte("x"))
			}
		}
		start := time.Now()
		close(gate)
		<-done
		if calls != n {
			t.Errorf("%d calls for %d changes", calls, n)
		}
		return max(time.Since(start), time.Millisecond) // some clocks are coarse
	}
	// The best of some runs, so that a loaded machine does not count. If each
	// change costs in proportion to those that wait, the factor is 4096; it was
	// more than 2000.
	const few, factor = 1 << 11, 64
	short, long := time.Hour, time.Hour
	for range 3 {
		short, long = min(short, took(few)), min(long, took(few*factor))
	}
	if long > 10*factor*short {
		t.Errorf("%d changes took %v, %d took %v: %.0f times as long for %d times as many",
			few, short, few*factor, long, float64(long)/float64(short), factor)
	}
}

// TestChangesMemory lets each call cause the next change, without an end. The
// queue must not grow.
func TestChangesMemory(t *testing.T) {
	hurry(t)
	b := New(1)
	calls := 0
	b.OnReadable = func(on bool) {
		switch calls++; {
		case calls == 100_000:
		case on:
			b.Discard(1)
		default:
			b.Write([]byte("x"))
		}
	}
	b.OnWritable = func(bool) {} // so that there is always another change
	b.Write([]byte("x"))
	if calls != 100_000 || cap(b.changes) > 100 {
		t.Errorf("%d calls; the queue has room for %d changes", calls, cap(b.changes))
	}
}

// TestPanic in a call leaves the buffer in order.
func TestPanic(t *testing.T) {
	hurry(t)
	b := New(4)
	b.OnReadable = func(on bool) {
		if on {
			panic("of the test")
		}
	}
	func() {
		defer func() { recover() }()
		b.Write([]byte("a"))
	}()
	emptied := false
	b.OnReadable = func(on bool) { emptied = !on }
	if n, err := b.Read(make([]byte, 2)); n != 1 || err != nil || !emptied {
		t.Errorf("Read: %d, %v, calls: %v", n, err, emptied)
	}
}

// TestConcurrent has one goroutine write and one read, in all ways, with the
// calls as the only thing that wakes them.
func TestConcurrent(t *testing.T) {
	hurry(t)
	const size = 1 << 16
	b := New(100)
	var mu sync.Mutex
	readable, writable := make(chan struct{}, 1), make(chan struct{}, 1)
	last := map[string]bool{"readable": false, "writable": true}
	tell := func(name string, c chan struct{}) func(bool) {
		return func(on bool) {
			mu.Lock()
			defer mu.Unlock()
			if last[name] == on {
				t.Errorf("%s %v twice", name, on)
			}
			last[name] = on
			if on {
				select {
				case c <- struct{}{}:
				default:
				}
			}
		}
	}
	b.OnReadable, b.OnWritable = tell("readable", readable), tell("writable", writable)
	quit := make(chan struct{})
	wait := func(c chan struct{}) bool {
		select {
		case <-c:
			return true
		case <-quit:
			return false
		case <-time.After(patience / 2):
			t.Error("not woken")
			return false
		}
	}

	done := make(chan struct{})
	defer func() { // also after a failure, because the goroutine uses t
		close(quit)
		<-done
	}()
	go func() {
		defer close(done)
		random := rand.New(rand.NewPCG(1, 1))
		for sent := 0; sent < size; {
			for b.Free() == 0 {
				if !wait(writable) {
					return
				}
			}
			p := make([]byte, 1+random.IntN(150))
			for i := range p {
				p[i] = byte(sent + i)
			}
			p = p[:min(len(p), size-sent)]
			switch random.IntN(3) {
			case 0:
				n, _ := b.Write(p)
				sent += n
			case 1:
				s := b.FreeSegments()
				n := copy(s[0], p)
				n += copy(s[1], p[n:])
				b.Advance(n)
				sent += n
			default:
				n, _ := b.Fill(&vectors{n: len(p), in: bytes.NewBuffer(p)})
				sent += int(n)
			}
		}
	}()
	random := rand.New(rand.NewPCG(2, 2))
	for got := 0; got < size; {
		for b.Len() == 0 {
			if !wait(readable) {
				t.FailNow()
			}
		}
		p := make([]byte, 1+random.IntN(150))
		switch random.IntN(3) {
		case 0:
			n, _ := b.Read(p)
			p = p[:n]
		case 1:
			s := b.UsedSegments()
			n := copy(p, s[0])
			n += copy(p[n:], s[1])
			p = p[:b.Discard(n)]
		default:
			v := &vectors{n: len(p)}
			b.Drain(v)
			p = v.out.Bytes()
		}
		for _, c := range p {
			if c != byte(got) {
				t.Fatalf("byte %d is %d", got, c)
			}
			got++
		}
	}
	<-done
	mu.Lock()
	defer mu.Unlock()
	if last["readable"] || !last["writable"] {
		t.Errorf("the last call was %v", last)
	}
}

// TestConns relays through a small buffer between connections.
func TestConns(t *testing.T) {
	hurry(t)
	source, in := conns(t)
	out, sink := conns(t)
	const size = 1 << 20
	go func() {
		defer source.CloseWrite()
		p := make([]byte, size)
		for i := range p {
			p[i] = byte(i >> 8)
		}
		source.Write(p)
	}()
	relayed := make(chan error, 1)
	go func() {
		defer out.CloseWrite()
		b := New(4097)
		for {
			_, err := b.Fill(in)
			if err != nil {
				relayed <- err
				return
			}
			b.Discard(1)
			b.Write([]byte("x")) // so that it wraps around
			if _, err := b.Drain(out); err != nil || b.Len() != 0 {
				relayed <- err
				return
			}
		}
	}()
	got, err := io.Copy(io.Discard, sink)
	if got != size || err != nil {
		t.Errorf("%d bytes of %d, %v", got, size, err)
	}
	if err := <-relayed; err != io.EOF {
		t.Errorf("the relay ended with %v", err)
	}
}
