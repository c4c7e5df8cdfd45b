// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Plan 9 has no error numbers to compare.

//go:build !plan9

package streamsock_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// A halfCloser is a stream socket of package net, or a Conn.
type halfCloser interface {
	net.Conn
	CloseWrite() error
	SetReadBuffer(bytes int) error
	SetWriteBuffer(bytes int) error
}

// An endKind is a kind of connection that a copy begins or ends at.
type endKind struct {
	name string
	open func(t *testing.T) (near, far halfCloser) // near is of that kind
}

var (
	connEnd = endKind{"Conn", func(t *testing.T) (near, far halfCloser) {
		c, peer := testnet.Pair(t, "tcp")
		return wrap(t, c), peer
	}}
	tcpEnd = endKind{"TCPConn", func(t *testing.T) (near, far halfCloser) {
		c, peer := testnet.Pair(t, "tcp")
		return c, peer
	}}
)

// A copyWay is a way into the copying from one kind of connection to another.
type copyWay struct {
	name     string
	to, from endKind
	op       string // of a *net.OpError
	copy     func(w io.Writer, r *io.LimitedReader) (int64, error)

	limited bool  // it copies no more than r.N
	counts  bool  // it lowers r.N
	short   error // the error if the end arrives before the limit
}

func (w copyWay) String() string { return w.name + " from " + w.from.name + " to " + w.to.name }

// The ways between each kind. Package net has a way of its own for the others.
var (
	copyAll = copyWay{name: "io.Copy", copy: func(w io.Writer, r *io.LimitedReader) (int64, error) {
		return io.Copy(w, r.R)
	}}
	readFrom = copyWay{name: "ReadFrom", op: "readfrom", limited: true, counts: true,
		copy: func(w io.Writer, r *io.LimitedReader) (int64, error) {
			return w.(io.ReaderFrom).ReadFrom(r)
		}}
	ioCopyN = copyWay{name: "io.CopyN", op: "readfrom", limited: true, short: io.EOF,
		copy: func(w io.Writer, r *io.LimitedReader) (int64, error) {
			return io.CopyN(w, r.R, r.N)
		}}
	ourCopyN = copyWay{name: "streamsock.CopyN", limited: true, short: io.EOF,
		copy: func(w io.Writer, r *io.LimitedReader) (int64, error) {
			return streamsock.CopyN(w, r.R, r.N)
		}}
)

func (w copyWay) between(from, to endKind) copyWay {
	w.from, w.to = from, to
	if w.op == "" && w.name == copyAll.name {
		w.op = "writeto" // the method that io.Copy prefers
	}
	return w
}

var copyWays = []copyWay{
	copyAll.between(connEnd, connEnd),
	copyAll.between(connEnd, tcpEnd),
	copyAll.between(tcpEnd, connEnd),
	readFrom.between(connEnd, connEnd),
	readFrom.between(tcpEnd, connEnd),
	ioCopyN.between(connEnd, connEnd),
	ioCopyN.between(tcpEnd, connEnd),
	ioCopyN.between(connEnd, tcpEnd), // one of the slow ones
	ourCopyN.between(connEnd, connEnd),
	ourCopyN.between(connEnd, tcpEnd),
	ourCopyN.between(tcpEnd, connEnd),
	ourCopyN.between(tcpEnd, tcpEnd),
}

// A copyRun is one copy: data written to feeder can be read from src, and data
// written to dst can be read from sink.
type copyRun struct {
	*testing.T
	src, feeder halfCloser
	dst, sink   halfCloser
}

func (w copyWay) open(t *testing.T) *copyRun {
	r := &copyRun{T: t}
	r.src, r.feeder = w.from.open(t)
	r.dst, r.sink = w.to.open(t)
	return r
}

// A copyEvent is an event during a copy.
type copyEvent struct {
	name   string
	limit  func(size int64) int64 // nil: more than the available data
	before func(*copyRun)         // the copy starts
	during func(*copyRun)         // the copy, when it waits for the source; or
	full   func(*copyRun)         // when it waits for the destination

	n     func(size int64) int64 // the number of bytes copied, if known
	err   []error                // one of these; none: there is no error
	eof   bool                   // the source ends
	short bool                   // which is before the limit

	srcGone, sinkGone bool // it cannot be read any more

	tcp bool // only TCP has it
}

func noneOf(int64) int64   { return 0 }
func halfOf(n int64) int64 { return n / 2 }

// longAgo is a deadline that wakes a waiting goroutine.
var longAgo = time.Unix(1, 0)

var (
	timedOut   = []error{os.ErrDeadlineExceeded}
	closedConn = []error{net.ErrClosed}
	// Which of them a reset connection returns depends on timing.
	wasReset = []error{errno(syscall.ECONNRESET, 10054), errno(syscall.EPIPE, 10053)}
)

var copyEvents = []copyEvent{
	{name: "less than there is", limit: halfOf, n: halfOf},
	{name: "one byte", limit: func(int64) int64 { return 1 }, n: func(int64) int64 { return 1 }},
	{name: "all", limit: allOf, n: allOf},
	{name: "to the end", eof: true, n: allOf, short: true},
	{name: "nothing", limit: noneOf, n: noneOf},
	{name: "less than nothing", limit: func(int64) int64 { return -7 }, n: noneOf},

	{name: "deadline of the source", before: setSrcPast, n: noneOf, err: timedOut},
	{name: "deadline of the source, waiting", during: setSrcPast, n: allOf, err: timedOut},
	{name: "deadline of the destination", before: setDstPast, n: noneOf, err: timedOut},
	{name: "deadline of the destination, waiting", full: setDstPast, err: timedOut},

	{name: "closed source", before: closeSrc, n: noneOf, err: closedConn, srcGone: true},
	{name: "closed source, waiting", during: closeSrc, n: allOf, err: closedConn, srcGone: true},
	{name: "closed destination", before: closeDst, n: noneOf, err: closedConn},
	{name: "closed destination, waiting", full: closeDst, err: closedConn},

	{name: "reset of the source, waiting", during: func(r *copyRun) { abortConn(r.feeder) }, n: allOf, err: wasReset, srcGone: true, tcp: true},
	{name: "reset of the destination", before: resetDst, n: noneOf, err: wasReset, sinkGone: true},
	{name: "reset of the destination, waiting", full: func(r *copyRun) { abortConn(r.sink) }, err: wasReset, sinkGone: true},
	{name: "end of the destination", before: func(r *copyRun) { r.dst.CloseWrite() }, n: noneOf, err: []error{errno(syscall.EPIPE, 10058)}},
}

func setSrcPast(r *copyRun) { r.src.SetReadDeadline(longAgo) }

// resetDst waits until the reset has arrived: data written before is lost
// without an error.
func resetDst(r *copyRun) {
	abortConn(r.sink)
	until(r, "the reset arrives", func() bool {
		l, err := streamsock.CheckConn(r.dst)
		return err != nil || l >= streamsock.HalfClosed
	})
}

func closeSrc(r *copyRun) { r.src.Close() }
func closeDst(r *copyRun) { r.dst.Close() }

// TestCopyEvents fails if a copy does not end as it should, or if it loses
// count: the bytes read from the source and the bytes written.
func TestCopyEvents(t *testing.T) { testCopyEvents(t, copyWays, copyEvents) }

func (e copyEvent) run(r *copyRun, w copyWay) {
	size := 150_000
	if e.full != nil {
		size = 4 << 20
		for _, c := range []halfCloser{r.src, r.feeder, r.dst, r.sink} {
			c.SetReadBuffer(128 << 10)
			c.SetWriteBuffer(128 << 10)
		}
	}
	data := randomBytes(size)
	limit := int64(size) + 1000
	if e.limit != nil {
		limit = e.limit(int64(size))
	}
	if e.before != nil {
		e.before(r)
	}

	lr := &io.LimitedReader{R: r.src, N: limit}
	var n int64
	var err error
	done := make(chan struct{})
	go func() {
		n, err = w.copy(r.dst, lr)
		close(done)
	}()
	fed := 0
	if e.full != nil {
		if fed = fillUp(r.feeder, data); fed == size {
			r.Fatal("the copy does not block")
		}
	}
	go func() {
		r.feeder.Write(data[fed:]) // errors are detected elsewhere
		if !e.eof {
			<-done // the rest is for the next reader
		}
		r.feeder.CloseWrite()
	}()
	var arrived *arrival
	if e.full != nil {
		e.full(r)
	} else {
		arrived = arrivalAt(r.sink, size)
	}
	if e.during != nil {
		awaitCopy(r.T, arrived.enough)
		e.during(r)
	}
	awaitCopy(r.T, done)

	consumed := int64(size)
	if e.srcGone && e.during == nil {
		consumed = 0
	}
	if !e.srcGone {
		r.src.SetDeadline(time.Time{})
		rest, err := io.ReadAll(r.src)
		consumed -= int64(len(rest))
		if err != nil || consumed < 0 || !bytes.Equal(rest, data[consumed:]) {
			r.Errorf("the source has another %d bytes, not the last of %d: %v", len(rest), size, err)
		}
	}
	if arrived == nil {
		arrived = arrivalAt(r.sink, size)
	}
	r.dst.CloseWrite()
	awaitCopy(r.T, arrived.end)
	e.checkError(r.T, w, n, err)
	if e.n != nil && n != e.n(int64(size)) {
		r.Errorf("copied %d bytes, want %d", n, e.n(int64(size)))
	}
	if n > consumed || err == nil && n != consumed {
		r.Errorf("copied %d bytes of %d that it took", n, consumed)
	}
	if got := arrived.data; !e.sinkGone && !bytes.Equal(got, data[:n]) {
		r.Errorf("%d bytes arrived, not the first %d", len(got), n)
	}
	switch left := limit - consumed; {
	case !w.counts && lr.N != limit:
		r.Errorf("a LimitedReader of somebody else went from %d to %d", limit, lr.N)
	case w.counts && lr.N != left:
		r.Errorf("of the limit there is %d left, want %d less the %d that it took", lr.N, limit, consumed)
	}
}

// checkError is about the error of a copy of n bytes.
func (e copyEvent) checkError(t *testing.T, w copyWay, n int64, err error) {
	t.Helper()
	if e.short && w.short != nil {
		if err != w.short { // bare, as programs compare it
			t.Errorf("%v, want %v", err, w.short)
		}
		return
	}
	if len(e.err) == 0 {
		if err != nil {
			t.Errorf("after %d bytes: %v", n, err)
		}
		return
	}
	if onWine && e.name == "reset of the source, waiting" && (err == nil || err == io.EOF) {
		return // see answersReset
	}
	if !slices.ContainsFunc(e.err, func(want error) bool { return errors.Is(err, want) }) {
		t.Fatalf("%v, want %v", err, e.err[0])
	}
	if w.op == "" {
		return // it is about connections of package net; see TestCopyNError
	}
	oe, ok := err.(*net.OpError) // programs do not all use errors.As
	if !ok || oe.Op != w.op || oe.Source == nil || oe.Addr == nil || oe.Net == "" {
		t.Errorf("%#v, want a *net.OpError of %s", err, w.op)
	}
	if timeout := errors.Is(err, os.ErrDeadlineExceeded); ok && oe.Timeout() != timeout {
		t.Errorf("%v says %t of whether it is a timeout", err, oe.Timeout())
	}
	if _, ok := errors.AsType[syscall.Errno](err); ok {
		if _, ok := errors.AsType[*os.SyscallError](err); !ok {
			t.Errorf("%#v holds an error number without its system call", err)
		}
	}
}

// An arrival contains what a goroutine reads.
type arrival struct {
	data   []byte        // once end is closed
	enough chan struct{} // as much has arrived as was waited for
	end    chan struct{}
}

// TestCopySizes copies around the sizes of buffers and pages, and twice
// between the same connections: a copy must not read beyond its limit.
func TestCopySizes(t *testing.T) {
	for _, w := range copyWays {
		t.Run(w.String(), func(t *testing.T) {
			sizes := []int{0, 1, 4095, 4096, 4097, 65536, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3<<20 + 7}
			var data []byte
			for _, size := range sizes {
				data = append(data, randomBytes(size)...)
			}
			r := w.open(t)
			arrived := arrivalAt(r.sink, len(data))
			sendAll(r.feeder, data)
			if !w.limited {
				sizes = []int{len(data)}
			}
			for _, size := range sizes {
				if n, err := w.copy(r.dst, &io.LimitedReader{R: r.src, N: int64(size)}); n != int64(size) || err != nil {
					t.Errorf("copied %d bytes of %d: %v", n, size, err)
				}
			}
			r.dst.CloseWrite()
			awaitCopy(t, arrived.end)
			if !bytes.Equal(arrived.data, data) {
				t.Errorf("%d bytes of %d arrived, or they differ", len(arrived.data), len(data))
			}
			if n, err := w.copy(r.dst, &io.LimitedReader{R: r.src, N: 1}); n != 0 || err != w.short {
				t.Errorf("at the end, copied %d bytes: %v, want %v", n, err, w.short)
			}
		})
	}
}

// TestCopyLeavesNothing fails if a copy gets data that another one, which
// failed, had read and could not write.
func TestCopyLeavesNothing(t *testing.T) {
	stuck := copyEvent{full: setDstPast, err: timedOut}
	whole := copyEvent{limit: allOf, eof: true, n: allOf}
	for _, w := range copyWays {
		t.Run(w.String(), func(t *testing.T) {
			stuck.run(w.open(t), w)
			whole.run(w.open(t), w)
		})
	}
}

// TestCopyGoesOn copies on after a deadline, between the same connections.
func TestCopyGoesOn(t *testing.T) {
	for _, w := range copyWays {
		t.Run(w.String(), func(t *testing.T) {
			r := w.open(t)
			const rounds, size = 20, 5000
			data := randomBytes(rounds * size)
			arrived := arrivalAt(r.sink, len(data))
			for round := range rounds {
				// The limit is beyond what arrives, so that the copy waits.
				part := data[round*size:][:size]
				lr := &io.LimitedReader{R: r.src, N: size + 1}
				r.src.SetReadDeadline(time.Time{})
				if _, err := r.feeder.Write(part); err != nil {
					t.Fatal(err)
				}
				r.src.SetReadDeadline(time.Now().Add(time.Millisecond))
				for copied := int64(0); copied < size; { // the deadline may expire before the data arrives
					n, err := w.copy(r.dst, lr)
					if !errors.Is(err, os.ErrDeadlineExceeded) {
						t.Fatalf("copied %d bytes: %v", n, err)
					}
					copied += n
					if !w.counts {
						lr.N -= n
					}
					r.src.SetReadDeadline(time.Now().Add(time.Millisecond))
				}
			}
			r.dst.CloseWrite()
			awaitCopy(t, arrived.end)
			if !bytes.Equal(arrived.data, data) {
				t.Errorf("%d bytes of %d arrived, or they differ", len(arrived.data), len(data))
			}
		})
	}
}

// TestCopyEcho copies from a connection to itself.
func TestCopyEcho(t *testing.T) {
	for name, echo := range map[string]func(c *streamsock.Conn, size int64) (int64, error){
		"io.Copy":          func(c *streamsock.Conn, _ int64) (int64, error) { return io.Copy(c, c) },
		"io.CopyN":         func(c *streamsock.Conn, size int64) (int64, error) { return io.CopyN(c, c, size) },
		"streamsock.CopyN": func(c *streamsock.Conn, size int64) (int64, error) { return streamsock.CopyN(c, c, size) },
		"plain and not":    func(c *streamsock.Conn, _ int64) (int64, error) { return io.Copy(c.TCPConn, c) },
		"not and plain":    func(c *streamsock.Conn, _ int64) (int64, error) { return io.Copy(c, c.TCPConn) },
	} {
		t.Run(name, func(t *testing.T) {
			near, far := testnet.Pair(t, "tcp")
			c := wrap(t, near)
			data := randomBytes(3<<20 + 1)
			back := arrivalAt(far, len(data))
			sendAll(far, data)
			if n, err := echo(c, int64(len(data))); n != int64(len(data)) || err != nil {
				t.Errorf("copied %d bytes of %d: %v", n, len(data), err)
			}
			c.CloseWrite()
			awaitCopy(t, back.end)
			if !bytes.Equal(back.data, data) {
				t.Errorf("%d bytes of %d came back, or they differ", len(back.data), len(data))
			}
		})
	}
}

// TestCopyConcurrent copies between 16 pairs concurrently, in both directions,
// as a proxy does.
func TestCopyConcurrent(t *testing.T) {
	const pairs = 16
	done := make(chan error)
	for i := range pairs {
		w := copyWays[i%2] // io.Copy from a Conn, so that it is one to copy back
		r := w.open(t)
		there, back := randomBytes(1<<20+i), randomBytes(1<<20-i)
		go relay(done, r.dst, r.src)
		go relay(done, r.src, r.dst)
		go exchange(done, r.feeder, there, back)
		go exchange(done, r.sink, back, there)
	}
	for range 4 * pairs {
		if err := next(t, done); err != nil {
			t.Error(err)
		}
	}
}

// TestCopyForeign fails if a copy goes by a type that is not known. It may
// change the bytes on their way, although it has a SyscallConn.
func TestCopyForeign(t *testing.T) {
	const plaintext, ciphertext = "some text", "SOME TEXT"
	for name, tc := range map[string]struct {
		dst, src func(*streamsock.Conn) net.Conn
	}{
		"io.Copy to it":   {upperConnOf, asConnOf},
		"io.Copy from it": {asConnOf, upperConnOf},
	} {
		for _, limit := range []int64{0, int64(len(plaintext))} {
			t.Run(fmt.Sprintf("%s/%d", name, limit), func(t *testing.T) {
				src, feeder := pair(t, "tcp")
				dst, sink := pair(t, "tcp")
				arrived := arrivalAt(sink, len(plaintext))
				sendAll(feeder, []byte(plaintext))
				var err error
				if limit == 0 {
					_, err = io.Copy(tc.dst(dst), tc.src(src))
				} else {
					_, err = streamsock.CopyN(tc.dst(dst), tc.src(src), limit)
				}
				dst.CloseWrite()
				awaitCopy(t, arrived.end)
				if got := string(arrived.data); got != ciphertext || err != nil {
					t.Errorf("%q arrived, want %q: %v", got, ciphertext, err)
				}
			})
		}
	}
}

func asConnOf(c *streamsock.Conn) net.Conn    { return c }
func upperConnOf(c *streamsock.Conn) net.Conn { return upperConn{c} }

// An upperConn is a connection with a layer on it. Like *tls.Conn it does not
// show how the connection below it copies, but where it is.
type upperConn struct{ net.Conn }

func (c upperConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	copy(b, bytes.ToUpper(b[:n]))
	return n, err
}

func (c upperConn) Write(b []byte) (int, error) { return c.Conn.Write(bytes.ToUpper(b)) }

func (c upperConn) NetConn() net.Conn { return c.Conn }

func (c upperConn) SyscallConn() (syscall.RawConn, error) {
	return c.Conn.(syscall.Conn).SyscallConn()
}

// TestCopyErrorsOfOthers compares with package net what a copy reports about
// the error of a reader or writer that is no connection.
func TestCopyErrorsOfOthers(t *testing.T) {
	for _, cause := range []error{errors.New("refused"), io.EOF, io.ErrUnexpectedEOF, io.ErrShortWrite, os.ErrDeadlineExceeded} {
		tell := func(wrap func(*net.TCPConn) net.Conn) string {
			nc, peer := testnet.Pair(t, "tcp")
			c := wrap(nc)
			sendAll(peer, []byte("abc"))
			n, err := c.(io.WriterTo).WriteTo(failing{cause})
			told := fmt.Sprintf("WriteTo: %d %s", n, describe(err))
			if n, err = c.(io.ReaderFrom).ReadFrom(io.MultiReader(strings.NewReader("abc"), failing{cause})); err != nil {
				told += fmt.Sprintf("\nReadFrom: %d %s", n, describe(err))
			}
			return told
		}
		plain := func(c *net.TCPConn) net.Conn { return c }
		ours := func(c *net.TCPConn) net.Conn { return wrap(t, c) }
		if got, want := tell(ours), tell(plain); got != want {
			t.Errorf("%s\nwith package net:\n%s", got, want)
		}
	}
}

// A failing reader and writer returns an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestCopyNError fails if the error of CopyN between connections of package
// net is not one of package net.
func TestCopyNError(t *testing.T) {
	for _, to := range []endKind{connEnd, tcpEnd} {
		for _, from := range []endKind{connEnd, tcpEnd} {
			for name, spoil := range map[string]func(*copyRun){
				"deadline": setSrcPast,
				"closed":   closeSrc,
				"reset":    func(r *copyRun) { abortConn(r.feeder) },
			} {
				r := ourCopyN.between(from, to).open(t)
				spoil(r)
				n, err := streamsock.CopyN(r.dst, r.src, 10)
				if onWine && name == "reset" && err == io.EOF {
					continue // see answersReset
				}
				if oe, ok := err.(*net.OpError); !ok || oe.Op == "" || oe.Net == "" || oe.Source == nil || oe.Addr == nil {
					t.Errorf("%s to %s, %s: %d, %#v, want a *net.OpError", from.name, to.name, name, n, err)
				}
			}
		}
	}
}
