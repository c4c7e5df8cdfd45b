// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/streamsock/internal/sys"
)

// RelayStats is what a relay has moved.
type RelayStats struct {
	AToB int64 // bytes from a to b
	BToA int64 // bytes from b to a
}

// Relay is a Relayer without an idle timeout or resets: the whole of a proxy
// once both connections are there. It copies in both directions until both have
// ended, closes both connections, and returns how much it moved.
func Relay(ctx context.Context, a, b net.Conn) (RelayStats, error) {
	var r Relayer
	return r.Relay(ctx, a, b)
}

// A Relayer copies between two connections in both directions. The zero Relayer
// is ready for use. Any number of goroutines may call its methods at once. It must
// not be copied after its first use.
type Relayer struct {
	// IdleTimeout ends a relay in which nothing has moved for so long, in
	// either direction. 0 is no limit.
	IdleTimeout time.Duration

	// Reset makes a relay that ends with an error reset both connections, by
	// [Conn.Abort], so that neither peer mistakes a truncated stream for a
	// complete one. If a connection has broken, the reset waits until the other
	// peer has acknowledged what was received before. Without Reset, the relay
	// closes them, which a peer cannot tell from a regular end.
	Reset bool

	// Urgent makes a relay pass on each urgent byte as one, at its place in the
	// stream, in both directions, and sets OOBInline on both connections. So the
	// interrupt key of Telnet and rlogin, an abort of FTP and a database's break work
	// through a proxy. The notice of it arrives after the bytes before it, which the
	// relay could not write yet; without a relay it goes ahead of them. A byte after
	// which the peer has sent another urgent one before the relay received it is an
	// ordinary byte by then, as for any receiver. Nothing is copied by the kernel
	// then. Both connections must be of TCP, or the error wraps
	// [errors.ErrUnsupported]; so it does on Windows, which does not report the place
	// of an urgent byte.
	Urgent bool

	// Done, unless nil, is called at the end of each relay, before its
	// connections are closed, with the arguments of Relay: for a last
	// [Conn.Info], for example.
	Done func(a, b net.Conn, s RelayStats)

	mu       sync.Mutex
	sessions map[*relayRun]struct{}
	detached int                               // how many of them Go has begun
	parked   *PollSet                          // while there are such, unless the system has none
	contexts map[<-chan struct{}]*relayContext // of those, by what Done returns
}

// A RelaySession is a relay that is under way.
type RelaySession struct {
	A, B  net.Conn   // the arguments of Relay
	Start time.Time  // when Relay was called
	Stats RelayStats // what it has moved so far
	Err   error      // the error that Relay will return once it has delivered what it has received, or nil
}

// A RelayError is the error of a relay of which a connection failed.
type RelayError struct {
	Conn net.Conn // the one that failed, as it was given to Relay
	Op   string   // "read" or "write"
	Err  error    // why

	// AfterEnd reports whether the peer of Conn had ended its stream before the
	// connection failed. The relay has received the whole stream then, and only data
	// sent to the peer is lost. That need not be a failure: many clients of TLS close
	// without reading to the end. If the peer closes while it has unread data, TCP sends
	// a reset in place of the end, and AfterEnd is false. It can also be false if the
	// reset arrived before the relay had read the end.
	AfterEnd bool

	side *relaySide // of Conn, while the relay is under way
}

// Error returns a text that begins with "relay".
func (e *RelayError) Error() string {
	end := ""
	if e.AfterEnd {
		end = " (after the end of the peer's stream)"
	}
	if _, ok := e.Err.(*net.OpError); ok { // it says what failed
		return "relay: " + e.Err.Error() + end
	}
	return fmt.Sprintf("relay: %s %v: %v%s", e.Op, e.Conn.RemoteAddr(), e.Err, end)
}

// Unwrap returns Err.
func (e *RelayError) Unwrap() error { return e.Err }

// Timeout reports whether a deadline was over.
func (e *RelayError) Timeout() bool { return errors.Is(e.Err, os.ErrDeadlineExceeded) }

// Relay copies from a to b and from b to a at the same time. When one peer ends its
// side of the stream, Relay ends that of the other and continues in the other
// direction.
//
// A connection may be a *[Conn], *[UnixConn] or *[TimeoutConn], a *[net.TCPConn] or
// stream *[net.UnixConn], or any other, such as a *[crypto/tls.Conn]. Between two of the
// former, Linux moves the bytes by splice(2), past urgent bytes, as [Conn.ReadFrom] does;
// an urgent byte itself is passed on only with Urgent. Any other connection is read and written by its
// own methods. If it has no method CloseWrite, the end of the stream cannot be passed on
// to it: the relay goes on until the other direction ends, too.
//
// When one connection breaks, Relay still delivers what it has received from it:
// a server may answer before it has read everything, and then reset the
// connection. What the other peer goes on sending is discarded, so that closing
// its connection does not destroy what it has not read yet. That ends when the
// peer ends its side, has acknowledged everything and sent nothing for 2 seconds,
// or after 30 seconds. The error is a [*RelayError] with what broke the connection, or
// with an error that wraps [ErrBroken].
//
// While a direction waits because the other peer does not read, nothing is read. The
// relay then looks four times a second whether the connection has broken or was closed:
// [RelaySession].Err reports that it has broken, and the relay ends when nothing that
// was received before could be delivered for 30 seconds.
//
// Relay returns when both directions have ended, when nothing was copied for
// IdleTimeout ([ErrIdle]), when a deadline of a connection is over, or when ctx
// ends (its error), and has closed both connections then, in every case.
func (r *Relayer) Relay(ctx context.Context, a, b net.Conn) (RelayStats, error) {
	run, err := r.newRun(a, b)
	if err != nil {
		run.refuse()
		return RelayStats{}, err
	}
	r.add(run)
	defer r.remove(run)
	stop := context.AfterFunc(ctx, func() { run.end(ctx.Err()) })
	defer stop()
	run.watch(r.IdleTimeout)
	run.start(&run.aToB)
	run.pump(&run.bToA)
	run.work.Wait()
	return run.stats(), run.failure()
}

// Sessions returns the relays that are under way when the iteration begins.
func (r *Relayer) Sessions() iter.Seq[RelaySession] {
	return func(yield func(RelaySession) bool) {
		for _, run := range r.runs() {
			if !yield(RelaySession{run.a.given, run.b.given, run.begun, run.stats(), run.failure()}) {
				return
			}
		}
	}
}

// runs returns the relays that are under way.
func (r *Relayer) runs() []*relayRun {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.sessions))
}

func (r *Relayer) add(run *relayRun) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions == nil {
		r.sessions = make(map[*relayRun]struct{})
	}
	r.sessions[run] = struct{}{}
}

func (r *Relayer) remove(run *relayRun) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.sessions, run)
}

// A relayRun is a relay that is under way.
type relayRun struct {
	relayer    *Relayer
	a, b       relaySide
	aToB, bToA relayDirection
	begun      time.Time
	work       sync.WaitGroup // the goroutines of the relay

	detached bool                    // Go has begun it
	done     func(RelayStats, error) // of Go, or nil
	ctx      <-chan struct{}         // of the context of Go

	looking atomic.Bool // stall is running

	mu        sync.Mutex
	over      bool        // end was called
	err       error       // the first, or the one that broke the same connection
	noticed   error       // of notice: a read or write of the connection tells more
	idle      idleness    // of both directions
	idleTimer *time.Timer // of watch
	delivered idleness    // of what was received from a connection that has broken
	stall     *time.Timer // of lookAfter
}

// A relayDirection is one direction of a relay.
type relayDirection struct {
	run       *relayRun
	src       *relaySide
	dst       countingConn
	back      *relayDirection // the other one
	discarded atomic.Int64
	ending    atomic.Bool // the stream to src has been ended, or is about to be
	ended     streamEnd   // of src, guarded by the mutex of the relayRun
	read      atomic.Bool // to the end
	looking   atomic.Bool // resumeDisturbed looks at it
	stopped   bool        // it delivers nothing any more; guarded by the mutex of the relayRun
	parked    bool        // it has no goroutine and waits in the PollSet; guarded too
}

func (d *relayDirection) init(run *relayRun, src, dst *relaySide, back *relayDirection) {
	d.run, d.src, d.back = run, src, back
	d.dst.run, d.dst.side = run, dst
}

// A streamEnd says whether a stream has ended.
type streamEnd uint8

const (
	notEnded    streamEnd = iota
	maybeEnded            // or another one was told why the connection has broken
	surelyEnded           // and the peer had ended it
)

// newRun returns a relay that moves nothing yet. On failure the caller has it close its
// connections.
func (r *Relayer) newRun(a, b net.Conn) (*relayRun, error) {
	run := &relayRun{relayer: r, begun: time.Now()}
	err := firstOf(run.a.init(a), run.b.init(b))
	if err == nil && r.Urgent {
		err = firstOf(run.a.passUrgent(), run.b.passUrgent())
	}
	if err != nil {
		return run, &net.OpError{Op: "relay", Net: "tcp", Err: err}
	}
	run.aToB.init(run, &run.a, &run.b, &run.bToA)
	run.bToA.init(run, &run.b, &run.a, &run.aToB)
	return run, nil
}

// refuse closes the connections of a relay that cannot be. A Close may wait for SetLinger.
func (run *relayRun) refuse() {
	run.a.close(false)
	run.b.close(false)
}

func (run *relayRun) stats() RelayStats {
	return RelayStats{run.aToB.dst.count.Load(), run.bToA.dst.count.Load()}
}

// start has a goroutine pump.
func (run *relayRun) start(d *relayDirection) { run.work.Go(func() { run.pump(d) }) }

// pump copies in one direction and passes the end on.
func (run *relayRun) pump(d *relayDirection) {
	copy := d.copy
	if run.relayer.Urgent {
		copy = d.copyUrgent
	}
	readErr, writeErr := copy()
	for d.src.isIdle(readErr) {
		if err := d.src.disturbance(); err != nil {
			readErr = d.src.fault("read", err)
			break
		}
		if d.park() {
			return
		}
		readErr, writeErr = copy()
	}
	defer d.read.Store(true)
	d.dst.waiting.Store(false)
	if readErr == nil && writeErr == nil {
		ended := surelyEnded
		switch broken := d.broken(); {
		case broken && run.relayer.Reset:
			ended, readErr = notEnded, d.src.fault("read", ErrBroken)
		case broken:
			ended = maybeEnded
		}
		run.mu.Lock()
		d.ended = ended
		run.mu.Unlock()
	}
	dst := d.dst.side
	if readErr == nil && writeErr == nil {
		d.back.ending.Store(true)
		writeErr = dst.closeWrite()
	}
	if readErr != nil {
		run.fail(readErr, d.back) // which cannot be written to either
		if !run.relayer.Reset {   // with it, no peer shall see a regular end
			_ = dst.closeWrite()
		}
	}
	run.fail(writeErr, d)
	if writeErr != nil {
		d.discard()
	}
}

// copy copies until the end of the stream or an error of either connection.
func (d *relayDirection) copy() (readErr, writeErr error) {
	var res spliced
	if d.src.isSocket() && d.dst.side.isSocket() {
		res = spliceAll(&d.dst, d.src)
	}
	if !res.handled {
		w := &errWriter{w: &d.dst}
		_, res.err = io.Copy(w, onlyReader{d.src.Conn})
		res.reading = w.err == nil
	}
	switch {
	case res.err == nil:
		return nil, nil
	case res.reading:
		return d.src.fault("read", res.err), nil
	}
	return nil, d.dst.side.fault("write", res.err)
}

// broken reports whether the end of the stream that was read is not the peer's:
// the error that broke the connection was returned to the other direction, which
// writes to it, and has ended its side of the stream.
func (d *relayDirection) broken() bool {
	return d.src.isGone() && !d.ending.Load() // in this order: the other direction may be about to end its side
}

// discard reads to the end of the stream.
func (d *relayDirection) discard() {
	buf := make([]byte, bufferSize)
	for {
		n, err := d.src.Read(buf)
		d.discarded.Add(int64(n))
		if err != nil && (!d.src.isIdle(err) || d.src.disturbance() != nil) {
			return
		}
	}
}

// fail notes that d delivers nothing any more, because of err if that is not nil.
// The relay ends when neither direction does, and by a deadline and a Close at once.
func (run *relayRun) fail(err error, d *relayDirection) {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
		run.end(err)
		return
	}
	run.mu.Lock()
	if !run.over && (run.err == nil || run.tellsMore(err)) {
		run.err = err
	}
	before := run.aToB.stopped && run.bToA.stopped
	d.stopped = true
	settled := !before && d.back.stopped
	failed := run.err != nil
	run.mu.Unlock()
	switch {
	case settled && failed:
		run.work.Go(func() {
			run.drain()
			run.end(nil)
		})
	case settled:
		run.end(nil)
	}
}

// tellsMore reports whether err is of the connection that was noticed to have broken.
func (run *relayRun) tellsMore(err error) bool {
	e, ok := err.(*RelayError)
	noticed, _ := run.noticed.(*RelayError)
	return ok && noticed != nil && run.err == run.noticed && e.side == noticed.side
}

// failure returns the error of the relay, or nil.
func (run *relayRun) failure() error {
	run.mu.Lock()
	defer run.mu.Unlock()
	e, ok := run.err.(*RelayError)
	if !ok {
		return run.err
	}
	d := &run.aToB // from the connection that failed
	if e.side == &run.b {
		d = &run.bToA
	}
	failed := *e
	failed.side = nil
	failed.AfterEnd = d.ended == surelyEnded || d.ended == maybeEnded && outlivesEnd(e.Err)
	return &failed
}

// outlivesEnd reports whether err shows that a stream which ends had ended before the
// connection broke: a write fails otherwise after the end than without it.
func outlivesEnd(err error) bool {
	return sys.IsBrokenPipe(err) || sys.IsNotConnected(err) || errors.Is(err, ErrBroken)
}

// isOver reports whether end was called.
func (run *relayRun) isOver() bool {
	run.mu.Lock()
	defer run.mu.Unlock()
	return run.over
}

// unacked returns the number of bytes that the destination has not acknowledged
// and still can.
func (d *relayDirection) unacked() int64 { return d.dst.side.unacked() }

// end ends a relay, with err if it is the first error: it closes both
// connections, each on its own because a Close may wait for SetLinger, and all
// that waits for them returns.
func (run *relayRun) end(err error) {
	run.mu.Lock()
	if run.over {
		run.mu.Unlock()
		return
	}
	run.over = true
	if run.err == nil {
		run.err = err
	}
	reset := run.relayer.Reset && run.err != nil
	if run.idleTimer != nil {
		run.idleTimer.Stop()
	}
	if run.stall != nil {
		run.stall.Stop()
	}
	run.work.Add(1) // what waits for the goroutines waits for what follows
	run.mu.Unlock()
	defer run.work.Done()
	if run.detached {
		go run.finish()
	}
	if run.relayer.Done != nil {
		run.relayer.Done(run.a.given, run.b.given, run.stats())
	}
	for _, side := range []*relaySide{&run.a, &run.b} {
		run.work.Go(func() { side.close(reset) })
	}
}
