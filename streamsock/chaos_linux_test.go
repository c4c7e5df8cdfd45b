// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestChaos calls the methods of many connections at random. Each direction of a
// connection has one writer and one reader, which use all methods that write and
// read, and check every byte. Other goroutines call everything that must not
// disturb them, set deadlines, and close some of the connections at any moment.
// At the end, no goroutine, descriptor or memory is left.
//
// It takes a second, or with STREAMSOCK_LONG=1 three minutes. The variable
// STREAMSOCK_SEED makes the same choices as a run that failed.
func TestChaos(t *testing.T) {
	limit, workers := time.Second, 48
	if os.Getenv("STREAMSOCK_LONG") != "" {
		limit = 3 * time.Minute
	}
	seed := rand.Uint64()
	if v := os.Getenv("STREAMSOCK_SEED"); v != "" {
		var err error
		if seed, err = strconv.ParseUint(v, 0, 64); err != nil {
			t.Fatal(err)
		}
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	workers = min(workers, int(files.Cur-uint64(openFiles(t)))/chaosFiles-1)
	if workers < 1 {
		t.Skipf("a limit of %d open files", files.Cur)
	}

	x := &chaos{seed: seed, t: t}
	x.l, x.netListener = listenChaos(t)
	x.data = make([]byte, chaosPeriod+chaosMost)
	r := x.rand(0, 0)
	for i := range chaosPeriod {
		x.data[i] = byte(r.IntN(chaosUrgent))
	}
	for i := chaosPeriod; i < len(x.data); i++ {
		x.data[i] = x.data[i-chaosPeriod]
	}
	name := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(name, x.data, 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if x.file, err = os.Open(name); err != nil {
		t.Fatal(err)
	}
	defer x.file.Close()

	x.run(workers, time.Now().Add(min(limit/4, time.Second))) // for one-time allocations
	goroutines, descriptors, memory := runtime.NumGoroutine(), openFiles(t), allocated()
	start := time.Now()
	x.run(workers, start.Add(limit))
	t.Logf("%d connections of %d at a time, %d bytes in %v", x.next.Load(), workers, x.bytes.Load(), time.Since(start))
	until(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= goroutines })
	until(t, "no descriptor is left", func() bool {
		runtime.GC() // closes the pipes that are kept
		return openFiles(t) <= descriptors
	})
	if more := allocated() - memory; more > 4<<20 {
		t.Errorf("%d bytes of memory are left", more)
	}
	if t.Failed() {
		t.Logf("STREAMSOCK_SEED=%#x", seed)
	}
}

const (
	chaosPeriod = 32749    // of the bytes, a prime
	chaosMost   = 64 << 10 // bytes of one call
	chaosUrgent = 0x80     // urgent bytes are from here on, all others below
	chaosFiles  = 14       // descriptors of a worker
)

// listenChaos returns a listener of each kind. They have no Guard, because the
// test may take minutes.
func listenChaos(t *testing.T) (*streamsock.Listener, net.Listener) {
	t.Helper()
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	lc := net.ListenConfig{}
	lc.SetMultipathTCP(false)
	nl, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nl.Close() })
	return l, nl
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(entries)
}

// A chaos is a run of TestChaos.
type chaos struct {
	t           *testing.T
	seed        uint64
	l           *streamsock.Listener
	netListener net.Listener
	dialing     [2]sync.Mutex
	data        []byte
	file        *os.File // with data
	next        atomic.Uint64
	bytes       atomic.Int64

	sets [3]*streamsock.PollSet
}

func (x *chaos) rand(i, role uint64) *rand.Rand {
	return rand.New(rand.NewPCG(x.seed+i, role))
}

// run has the workers play with connections until the end.
func (x *chaos) run(workers int, end time.Time) {
	ctx, cancel := context.WithCancel(x.t.Context())
	defer cancel()
	var polls, all sync.WaitGroup
	for i := range x.sets {
		x.sets[i] = newPollSet(x.t)
		for range 2 {
			polls.Go(func() { x.poll(ctx, x.sets[i]) })
		}
	}
	for range workers {
		all.Go(func() {
			for time.Now().Before(end) && !x.t.Failed() {
				x.play(x.next.Add(1))
			}
		})
	}
	ended := begin(func() (int, error) { all.Wait(); return 0, nil })
	select {
	case <-ended.done:
	case <-time.After(time.Until(end) + 2*patience):
		b := make([]byte, 4<<20)
		x.t.Fatalf("STREAMSOCK_SEED=%#x: a call hangs\n%s", x.seed, b[:runtime.Stack(b, true)])
	}
	cancel()
	for _, s := range x.sets {
		if n := s.Len(); n != 0 {
			x.t.Errorf("%d closed connections in a PollSet", n)
		}
		s.Close()
	}
	polls.Wait()
}

// poll polls a set until ctx ends.
func (x *chaos) poll(ctx context.Context, s *streamsock.PollSet) {
	var ready []streamsock.Ready
	var err error
	for err == nil {
		ready, err = s.PollInto(ctx, ready)
		for _, r := range ready {
			if r.Conn == nil || r.Events == 0 {
				x.t.Errorf("PollSet reports %v", r)
			}
			if r.Events&peerClosed != 0 {
				s.Remove(r.Conn)
			}
		}
		time.Sleep(time.Millisecond) // a connection may be ready for long
	}
	if !errors.Is(err, context.Canceled) && !errors.Is(err, net.ErrClosed) {
		x.t.Errorf("Poll: %v", err)
	}
}

// A chaosPair is a connection, at both its ends.
type chaosPair struct {
	x     *chaos
	i     uint64
	ends  []*streamsock.Conn // two, or four with something between
	again []*streamsock.Conn // of Wrap, for the same connections

	ctx       context.Context
	destroyed atomic.Bool
	drained   atomic.Bool // by CloseGraceful, which takes bytes away
	urgent    bool
	bytes     [2]int64 // to be sent in each direction
	left      atomic.Int32
	done      chan struct{} // closed when both directions have ended
}

// dial returns the ends of a connection: of Dial and a Listener, or of Wrap.
func (p *chaosPair) dial(r *rand.Rand) (a, b *streamsock.Conn) {
	x := p.x
	var err error
	if r.IntN(2) == 0 {
		x.dialing[0].Lock()
		defer x.dialing[0].Unlock()
		if a, err = streamsock.Dial("tcp4", x.l.Addr().String()); err == nil {
			b, err = x.l.AcceptStream()
		}
	} else {
		x.dialing[1].Lock()
		defer x.dialing[1].Unlock()
		var c, d net.Conn
		if c, err = net.Dial("tcp4", x.netListener.Addr().String()); err == nil {
			d, err = x.netListener.Accept()
		}
		if err == nil {
			again, err1 := streamsock.Wrap(c)
			a, _ = streamsock.Wrap(c)
			b, err = streamsock.Wrap(d)
			if err = errors.Join(err1, err); err == nil && r.IntN(2) == 0 {
				p.again = append(p.again, again)
			}
		}
	}
	if err != nil {
		x.t.Error(err)
		return nil, nil
	}
	for _, c := range []*streamsock.Conn{a, b} {
		if r.IntN(2) == 0 {
			c.SetReadBuffer(1 << (15 + r.IntN(4)))
		}
		if r.IntN(2) == 0 {
			c.SetWriteBuffer(1 << (12 + r.IntN(7)))
		}
	}
	return a, b
}

// play makes a connection, uses it and closes it.
func (x *chaos) play(i uint64) {
	r := x.rand(i, 1)
	p := &chaosPair{x: x, i: i, urgent: r.IntN(2) == 0, done: make(chan struct{})}
	a, b := p.dial(r)
	if a == nil {
		return
	}
	p.ends = append(p.ends, a, b)
	between := r.IntN(3) == 0
	if between {
		c, d := p.dial(r)
		if c == nil {
			return
		}
		p.ends = append(p.ends, c, d)
	}
	ctx, cancel := context.WithCancel(x.t.Context())
	p.ctx = ctx
	var all, middle sync.WaitGroup
	if between {
		middle.Go(func() { p.between(x.rand(i, 2)) })
	}
	p.left.Store(2)
	first, last := p.ends[0], p.ends[len(p.ends)-1]
	for k := range p.bytes {
		p.bytes[k] = int64(r.IntN(1 << (8 + r.IntN(11))))
	}
	for k, c := range []*streamsock.Conn{first, last} {
		all.Go(func() { p.write(x.rand(i, uint64(10+k)), c, p.bytes[k]) })
		all.Go(func() {
			p.read(x.rand(i, uint64(20+k)), c, p.bytes[1-k])
			if p.left.Add(-1) == 0 {
				close(p.done)
			}
		})
	}
	var disturbing sync.WaitGroup
	for k := range 1 + r.IntN(3) {
		disturbing.Go(func() { p.disturb(x.rand(i, uint64(30+k))) })
	}
	if r.IntN(3) == 0 {
		disturbing.Go(func() { p.destroy(x.rand(i, 40)) })
	}
	all.Wait()
	cancel()
	for _, c := range append(p.ends, p.again...) {
		c.Close()
	}
	disturbing.Wait()
	middle.Wait()
}

// fails reports an error that is not one of a closed or broken connection, and
// whether the caller must stop.
func (p *chaosPair) fails(call string, err error) (stop bool) {
	switch {
	case err == nil, err == streamsock.ErrWouldBlock, err == streamsock.ErrNoUrgent, os.IsTimeout(err),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, streamsock.ErrNoUrgent):
		return false
	case err == io.EOF, errors.Is(err, net.ErrClosed), errors.Is(err, streamsock.ErrBroken), errors.Is(err, streamsock.ErrDrainLimit),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ENOTCONN):
		return true
	}
	p.errorf("%s: %v", call, err)
	return true
}

// errorf reports an error and ends everything.
func (p *chaosPair) errorf(format string, args ...any) {
	p.x.t.Errorf("STREAMSOCK_SEED=%#x, connection %d: %s", p.x.seed, p.i, fmt.Sprintf(format, args...))
	p.abort()
}

func (p *chaosPair) abort() {
	p.destroyed.Store(true)
	for _, c := range p.ends {
		c.Abort()
	}
}

// part returns the n bytes of the stream from offset on.
func (x *chaos) part(offset int64, n int) []byte {
	start := offset % chaosPeriod
	return x.data[start : start+int64(n)]
}

// short returns a context that ends soon, or one that does not.
func (p *chaosPair) short(r *rand.Rand) (context.Context, context.CancelFunc) {
	if r.IntN(2) == 0 {
		return p.ctx, func() {}
	}
	return context.WithTimeout(p.ctx, time.Duration(r.IntN(2000))*time.Microsecond)
}

// timeout returns a timeout: none, a short or a long one.
func timeoutOf(r *rand.Rand) time.Duration {
	return [...]time.Duration{-1, 0, 1, time.Duration(r.IntN(3000)) * time.Microsecond, time.Hour, 1<<63 - 1}[r.IntN(6)]
}

// slices cuts p into up to four slices, some of them empty.
func slicesOf(r *rand.Rand, p []byte) (bufs [][]byte) {
	for range r.IntN(4) {
		n := r.IntN(len(p) + 1)
		bufs, p = append(bufs, p[:n]), p[n:]
	}
	return append(bufs, p)
}

// chaosWriters write all of p, or less and an error.
var chaosWriters = []struct {
	name  string
	write func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, offset int64, b []byte) (int64, error)
}{
	{"Write", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return wide(c.Write(b))
	}},
	{"Send", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return wide(c.Send(b, 0))
	}},
	{"Send More", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return wide(c.Send(b, streamsock.More))
	}},
	{"Sendmsg", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return wide(c.Sendmsg(slicesOf(r, b), 0))
	}},
	{"Writev", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return c.Writev(slicesOf(r, b))
	}},
	{"net.Buffers", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		bufs := net.Buffers(slicesOf(r, b))
		return bufs.WriteTo(c)
	}},
	{"TryWrite", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return wide(c.TryWrite(b))
	}},
	{"WriteContext", func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		ctx, cancel := p.short(r)
		defer cancel()
		return wide(c.WriteContext(ctx, b))
	}},
	{"ReadFrom", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return c.ReadFrom(onlyRead{bytes.NewReader(b)})
	}},
	{"SendFile", func(p *chaosPair, _ *rand.Rand, c *streamsock.Conn, offset int64, b []byte) (int64, error) {
		return c.SendFile(p.x.file, offset%chaosPeriod, int64(len(b)), func(int64) { runtime.Gosched() })
	}},
	{"ReadFrom of a file", func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, offset int64, b []byte) (int64, error) {
		f, err := os.Open(p.x.file.Name())
		if err != nil {
			return 0, err
		}
		defer f.Close()
		start := offset % chaosPeriod
		if _, err := f.Seek(start, io.SeekStart); err != nil {
			return 0, err
		}
		l := &io.LimitedReader{R: f, N: int64(len(b))}
		if r.IntN(2) == 0 {
			return c.ReadFrom(l)
		}
		n, err := c.WithTimeouts(0, timeoutOf(r)).ReadFrom(l)
		if at, seekErr := f.Seek(0, io.SeekCurrent); at != start+n || l.N != int64(len(b))-n || seekErr != nil {
			p.errorf("%d bytes are sent of a file, its offset is %d, %d are left of %d: %v", n, at-start, l.N, len(b), seekErr)
		}
		return n, err
	}},
	{"TimeoutConn.Write", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return wide(c.WithTimeouts(timeoutOf(r), timeoutOf(r)).Write(b))
	}},
	{"TimeoutConn.Writev", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return c.WithTimeouts(timeoutOf(r), timeoutOf(r)).Writev(slicesOf(r, b))
	}},
	{"TimeoutConn.ReadFrom", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, _ int64, b []byte) (int64, error) {
		return c.WithTimeouts(timeoutOf(r), timeoutOf(r)).ReadFrom(bytes.NewReader(b))
	}},
}

// write writes so many bytes of the stream, and then ends it.
func (p *chaosPair) write(r *rand.Rand, c *streamsock.Conn, total int64) {
	for offset := int64(0); offset < total; {
		w := chaosWriters[r.IntN(len(chaosWriters))]
		size := int(min(total-offset, int64(r.IntN(1<<r.IntN(17)))))
		b := p.x.part(offset, size)
		n, err := w.write(p, r, c, offset, b)
		if n < 0 || n > int64(size) || n < int64(size) && err == nil {
			p.errorf("%s of %d bytes: %d, %v", w.name, size, n, err)
			return
		}
		offset += n
		if p.fails(w.name, err) {
			if !p.destroyed.Load() {
				p.errorf("%s after %d bytes of %d: %v", w.name, offset, total, err)
			}
			return
		}
		if err != nil {
			time.Sleep(50 * time.Microsecond)
		}
		if p.urgent && r.IntN(20) == 0 {
			p.fails("SendUrgent", c.SendUrgent(byte(chaosUrgent+r.IntN(128))))
		}
	}
	end := c.CloseWrite
	if r.IntN(2) == 0 {
		end = func() error { return c.Shutdown(streamsock.ShutWrite) }
	}
	if err := end(); err != nil && !p.destroyed.Load() {
		p.errorf("CloseWrite: %v", err)
	}
}

// chaosReaders return what they have read, in memory that they may take from b.
var chaosReaders = []struct {
	name string
	read func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error)
}{
	{"Read", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		return wide(c.Read(b))
	}},
	{"Recv", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		return wide(c.Recv(b, 0))
	}},
	{"Recv WaitAll", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		return wide(c.Recv(b, streamsock.WaitAll))
	}},
	{"Recvmsg", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		return wide(c.Recvmsg(slicesOf(r, b), 0))
	}},
	{"Readv", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		return c.Readv(slicesOf(r, b))
	}},
	{"TryRead", func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		return wide(c.TryRead(b))
	}},
	{"ReadContext", func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		ctx, cancel := p.short(r)
		defer cancel()
		return wide(c.ReadContext(ctx, b))
	}},
	{"Wait and TryRead", func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		ctx, cancel := p.short(r)
		defer cancel()
		if _, err := c.Wait(ctx, readable); err != nil {
			return 0, err
		}
		return wide(c.TryRead(b))
	}},
	{"Peek and Recv Trunc", func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		if p.urgent { // the urgent byte may be peeked at and not received
			return wide(c.Peek(b[:min(len(b), 1)]))
		}
		n, err := c.Peek(b)
		if n == 0 {
			return 0, err
		}
		return wide(c.Recv(b[:n], streamsock.Trunc|streamsock.DontWait))
	}},
	{"TimeoutConn.Read", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		return wide(c.WithTimeouts(timeoutOf(r), timeoutOf(r)).Read(b))
	}},
	{"TimeoutConn.Readv", func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		return c.WithTimeouts(timeoutOf(r), timeoutOf(r)).Readv(slicesOf(r, b))
	}},
	{"CopyN", func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		w := bytes.NewBuffer(b[:0])
		n, err := streamsock.CopyN(w, c, int64(r.IntN(len(b)+1)))
		if n != int64(w.Len()) {
			p.errorf("CopyN of %d bytes: %d", w.Len(), n)
		}
		copy(b, w.Bytes()) // which may be elsewhere
		return n, err
	}},
	{"CopyN to a file", func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		f, err := os.CreateTemp(filepath.Dir(p.x.file.Name()), "copy")
		if err != nil {
			return 0, err
		}
		defer os.Remove(f.Name())
		defer f.Close()
		var src io.Reader = c
		if r.IntN(2) == 0 {
			src = c.WithTimeouts(timeoutOf(r), timeoutOf(r))
		}
		n, err := streamsock.CopyN(f, src, int64(r.IntN(len(b)+1)))
		if k, readErr := f.ReadAt(b[:n], 0); readErr != nil && n > 0 {
			p.errorf("%d bytes are copied, %d are in the file: %v", n, k, readErr)
		}
		if size, _ := f.Seek(0, io.SeekEnd); size != n {
			p.errorf("%d bytes are copied, %d are in the file", n, size)
		}
		return n, err
	}},
	{"Select and TryRead", func(p *chaosPair, r *rand.Rand, c *streamsock.Conn, b []byte) (int64, error) {
		// Close does not end it.
		ctx, cancel := context.WithTimeout(p.ctx, time.Duration(r.IntN(2000))*time.Microsecond)
		defer cancel()
		if _, _, _, err := streamsock.Select(ctx, []*streamsock.Conn{c}, nil, nil); err != nil {
			return 0, err
		}
		return wide(c.TryRead(b))
	}},
}

// read reads the stream to its end and checks every byte that is not an urgent
// one.
func (p *chaosPair) read(r *rand.Rand, c *streamsock.Conn, total int64) {
	b := make([]byte, chaosMost)
	peeked := int64(0) // offset of the last reported end, to see progress
	for offset := int64(0); ; {
		m := chaosReaders[r.IntN(len(chaosReaders))]
		size := r.IntN(1 << r.IntN(17))
		n, err := m.read(p, r, c, b[:size])
		if n < 0 || n > int64(size) {
			p.errorf("%s of %d bytes: %d, %v", m.name, size, n, err)
			return
		}
		looked := p.urgent && m.name == "Peek and Recv Trunc"
		at := offset
		for _, got := range b[:n] {
			if got >= chaosUrgent && p.urgent {
				continue
			}
			if want := p.x.part(at, 1)[0]; got != want || at >= total {
				if p.drained.Load() {
					return
				}
				p.errorf("%s of %d bytes: byte %d of %d is %#x, want %#x", m.name, size, at, total, got, want)
				return
			}
			at++
		}
		if !looked {
			p.x.bytes.Add(at - offset)
			offset = at
		}
		switch {
		case err == io.EOF && size > 0:
			if offset != total && !p.destroyed.Load() {
				p.errorf("%s: the end after %d bytes of %d", m.name, offset, total)
			}
			if n == 0 || m.name != "CopyN" {
				return
			}
		case p.fails(m.name, err):
			if !p.destroyed.Load() {
				p.errorf("%s after %d bytes of %d: %v", m.name, offset, total, err)
			}
			return
		case err != nil && offset == peeked:
			time.Sleep(50 * time.Microsecond)
		}
		peeked = offset
	}
}

// between copies between the two connections in the middle, and ends what has
// ended.
func (p *chaosPair) between(r *rand.Rand) {
	a, b := p.ends[1], p.ends[2]
	if r.IntN(2) == 0 {
		relayer := &streamsock.Relayer{Reset: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			relayer.IdleTimeout = time.Hour
		}
		stats, err := relayer.Relay(p.ctx, a, b)
		if p.destroyed.Load() || errors.Is(err, context.Canceled) {
			return
		}
		if err != nil || !p.urgent && (stats.AToB != p.bytes[0] || stats.BToA != p.bytes[1]) {
			p.errorf("Relay: %v, %v, want %v", stats, err, p.bytes)
		}
		return
	}
	var both sync.WaitGroup
	for i, c := range []*streamsock.Conn{a, b} {
		r := p.x.rand(p.i, uint64(50+i))
		both.Go(func() {
			dst := []*streamsock.Conn{b, a}[i]
			for {
				var from io.Reader = c
				var to io.Writer = dst
				if r.IntN(3) > 0 {
					from = c.WithTimeouts(max(timeoutOf(r), 0), 0)
				}
				if r.IntN(3) > 0 {
					to = dst.WithTimeouts(0, time.Hour)
				}
				switch _, err := io.Copy(to, from); {
				case os.IsTimeout(err): // of the source
					runtime.Gosched()
				case err == nil:
					dst.CloseWrite()
					return
				default:
					if !p.destroyed.Load() && p.fails("io.Copy", err) && p.ctx.Err() == nil {
						p.errorf("io.Copy: %v", err)
					}
					p.abort()
					return
				}
			}
		})
	}
	both.Wait()
}

// destroy closes one of the connections, sooner or later.
func (p *chaosPair) destroy(r *rand.Rand) {
	select {
	case <-time.After(time.Duration(r.IntN(1<<r.IntN(18))) * time.Microsecond):
	case <-p.done:
	}
	p.destroyed.Store(true)
	c := p.ends[r.IntN(len(p.ends))]
	if len(p.again) > 0 && r.IntN(2) == 0 {
		c = p.again[r.IntN(len(p.again))]
	}
	switch r.IntN(6) {
	case 0, 1:
		c.Close()
	case 2:
		c.Abort()
	case 3:
		c.TCPConn.Close()
		time.Sleep(time.Duration(r.IntN(1000)) * time.Microsecond)
		c.Close()
	case 4:
		ctx, cancel := p.short(r)
		defer cancel()
		p.drained.Store(true)
		p.fails("CloseGraceful", c.CloseGraceful(ctx))
	case 5:
		c.Shutdown(streamsock.ShutBoth)
		c.Close()
	}
	p.abort() // the others would wait forever
}

// disturb performs operations that must not disturb the others.
func (p *chaosPair) disturb(r *rand.Rand) {
	end := time.After(time.Duration(r.IntN(300)) * time.Millisecond)
	ends := slices.Concat(p.ends, p.again)
	middle := p.ends[1 : len(p.ends)-1] // which have deadlines for reading only
	relayed := len(middle) > 0
	for {
		select {
		case <-end:
		case <-p.done:
		default:
			d := chaosDisturbers[r.IntN(len(chaosDisturbers))]
			c := ends[r.IntN(len(ends))]
			if d.deadline && relayed && c != p.ends[0] && c != p.ends[3] {
				continue
			}
			if !p.fails(d.name, d.call(p, r, c)) {
				continue
			}
		}
		break
	}
	for _, c := range []*streamsock.Conn{p.ends[0], p.ends[len(p.ends)-1]} {
		c.SetDeadline(time.Time{})
	}
	if !relayed {
		for _, c := range ends {
			c.SetDeadline(time.Time{})
		}
	}
}

// chaosDisturbers do not disturb the bytes. Those that set deadlines are not used
// on a connection that is relayed.
var chaosDisturbers = []struct {
	name     string
	deadline bool
	call     func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error
}{
	{"Wait", false, func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		ctx, cancel := p.short(r)
		defer cancel()
		_, err := c.Wait(ctx, streamsock.Events(1+r.IntN(15)))
		return err
	}},
	{"WaitUrgent", false, func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		ctx, cancel := context.WithTimeout(p.ctx, time.Duration(r.IntN(2000))*time.Microsecond)
		defer cancel()
		return c.WaitUrgent(ctx)
	}},
	{"ReadUrgent", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error {
		_, err := c.ReadUrgent()
		return unlessInvalid(err)
	}},
	{"Recv OOB|Peek", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error {
		_, err := c.Recv(make([]byte, 1), streamsock.OOB|streamsock.Peek)
		return unlessInvalid(err)
	}},
	{"Check", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error { _, err := c.Check(); return err }},
	{"CheckConn", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error {
		_, err := streamsock.CheckConn(c.WithTimeouts(0, 0))
		return err
	}},
	{"AtMark", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error { _, err := c.AtMark(); return err }},
	{"Available", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error { _, err := c.Available(); return err }},
	{"Unacked", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error { _, err := c.Unacked(); return err }},
	{"Unsent", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error {
		_, err := c.Unsent()
		if errors.Is(err, errors.ErrUnsupported) { // in an emulator
			return nil
		}
		return err
	}},
	{"Info", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error { _, err := c.Info(); return err }},
	{"options", false, func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		_, err1 := c.Linger()
		_, err2 := c.KeepAliveConfig()
		return errors.Join(err1, err2, sockopt.NoDelay.Set(c, r.IntN(2) == 0), c.SetKeepAlive(r.IntN(2) == 0))
	}},
	{"SetOOBInline", false, func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		if !p.urgent {
			return nil
		}
		return c.SetOOBInline(r.IntN(2) == 0)
	}},
	{"Peek", false, func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		_, err := c.Recv(make([]byte, r.IntN(100)), streamsock.Peek|streamsock.DontWait)
		return unlessEOF(err)
	}},
	{"PeekContext", false, func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		ctx, cancel := p.short(r)
		defer cancel()
		_, err := c.PeekContext(ctx, make([]byte, 100))
		return unlessEOF(err)
	}},
	{"empty", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error {
		_, err1 := c.TryRead(nil)
		_, err2 := c.TryWrite(nil)
		_, err3 := c.Recvmsg([][]byte{nil, {}}, streamsock.DontWait)
		return errors.Join(err1, err2, err3)
	}},
	{"Dup", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error {
		fd, err := c.Dup()
		if err == nil {
			syscall.Close(int(fd))
		}
		return err
	}},
	{"File", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error {
		f, err := c.File()
		if err == nil {
			f.Close()
		}
		return err
	}},
	{"addresses", false, func(_ *chaosPair, _ *rand.Rand, c *streamsock.Conn) error {
		_ = fmt.Sprint(c.LocalAddr(), c.RemoteAddr(), c.NetConn().LocalAddr())
		return nil
	}},
	{"PollSet.Add", false, func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		return p.x.sets[r.IntN(len(p.x.sets))].Add(c, streamsock.Events(r.IntN(16)))
	}},
	{"PollSet.Update", false, func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		return p.x.sets[r.IntN(len(p.x.sets))].Update(c, streamsock.Events(r.IntN(16)))
	}},
	{"PollSet.Remove", false, func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		s := p.x.sets[r.IntN(len(p.x.sets))]
		s.Remove(c)
		s.Has(c)
		s.WakeUp()
		return nil
	}},
	{"Select", false, func(p *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		ctx, cancel := context.WithTimeout(p.ctx, time.Duration(r.IntN(2000))*time.Microsecond)
		defer cancel()
		_, _, _, err := streamsock.Select(ctx, p.ends[:r.IntN(3)], []*streamsock.Conn{c}, []*streamsock.Conn{c, c})
		return err
	}},
	{"TimeoutConn.Peek", true, func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		_, err := c.WithTimeouts(time.Duration(1+r.IntN(1000))*time.Microsecond, 0).Peek(make([]byte, 10))
		return unlessEOF(err)
	}},
	{"SetDeadline", true, func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn) error { return c.SetDeadline(deadlineOf(r)) }},
	{"SetReadDeadline", true, func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		return c.SetReadDeadline(deadlineOf(r))
	}},
	{"SetWriteDeadline", true, func(_ *chaosPair, r *rand.Rand, c *streamsock.Conn) error {
		return c.SetWriteDeadline(deadlineOf(r))
	}},
}

// deadlineOf returns a deadline: none, one that is over, one that is soon, or one
// that is far.
func deadlineOf(r *rand.Rand) time.Time {
	now := time.Now()
	return [...]time.Time{{}, past, now.Add(time.Duration(r.IntN(1000)) * time.Microsecond), now.Add(time.Hour), time.Unix(1<<40, 0)}[r.IntN(5)]
}

// unlessInvalid returns nil for the error of a socket without an urgent byte.
func unlessInvalid(err error) error {
	if errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

// unlessEOF returns nil for the end of the stream.
func unlessEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
