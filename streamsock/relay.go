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

// RelayStats is the number of bytes that a relay has copied.
type RelayStats struct {
	AToB int64 // bytes from a to b
	BToA int64 // bytes from b to a
}

// Relay copies between a and b in both directions until both streams have
// ended, and closes both connections. It is equivalent to [Relayer.Relay] of
// the zero Relayer, which has no idle timeout and sends no resets.
func Relay(ctx context.Context, a, b net.Conn) (RelayStats, error) {
	var r Relayer
	return r.Relay(ctx, a, b)
}

// A Relayer copies between two connections in both directions, like a proxy.
// The zero Relayer is ready to use. Multiple goroutines may invoke methods on a
// Relayer simultaneously. A Relayer must not be copied after first use.
type Relayer struct {
	// IdleTimeout is the time after which a relay ends if no data was copied in
	// either direction. If it is 0, there is no limit. While a direction is
	// blocked because its receiver is slow, data that the receiver acknowledges
	// counts too, on systems that support [Conn.Unacked].
	IdleTimeout time.Duration

	// If Reset is true, a relay that fails resets both connections, so that
	// neither peer mistakes a truncated stream for a complete one; see
	// [Conn.Abort]. If a connection has failed, the reset is sent after the
	// other peer has acknowledged the data received before. If Reset is false,
	// the relay closes the connections, and a peer cannot distinguish a failure
	// from a regular end.
	Reset bool

	// If Urgent is true, a relay passes on each urgent byte as urgent, at its
	// place in the stream, in both directions. Thus the interrupt key of Telnet
	// and rlogin, an abort of FTP and the break of a database work through a
	// proxy. The relay sets OOBInline on both connections, and the kernel does
	// not copy.
	//
	// A relayed urgent notification does not overtake earlier bytes that the
	// relay has not been able to write yet. If the peer sends another urgent
	// byte before the relay has received the previous one, the previous byte is
	// passed on as an ordinary byte.
	//
	// Both connections must be TCP connections; otherwise the error wraps
	// [errors.ErrUnsupported]. On Windows it always does, because Windows does
	// not report the place of an urgent byte.
	Urgent bool

	// Done, if not nil, is called at the end of each relay with the arguments
	// of Relay, before the connections are closed. It can call [Conn.Info], for
	// example.
	Done func(a, b net.Conn, s RelayStats)

	mu       sync.Mutex
	sessions map[*relayRun]struct{}
	detached int                               // number of relays that Go has started
	parked   *PollSet                          // while detached > 0, or nil on systems without PollSet
	contexts map[<-chan struct{}]*relayContext // of the detached relays, by the result of Done
}

// A RelaySession is a relay in progress.
type RelaySession struct {
	A, B  net.Conn   // the arguments of Relay
	Start time.Time  // when Relay was called
	Stats RelayStats // the bytes copied so far
	Err   error      // the error that Relay will return once it has delivered what it has received, or nil
}

// A RelayError is returned by a relay if one of its connections has failed.
type RelayError struct {
	Conn net.Conn // the connection that failed, as passed to Relay
	Op   string   // "read" or "write"
	Err  error    // the cause

	// AfterEnd reports whether the peer of Conn had ended its stream before the
	// connection failed. In this case the relay has received the complete
	// stream, and only data sent to the peer is lost. That need not be a
	// failure: many TLS clients close the connection without reading to the
	// end.
	//
	// If the peer closes while it has unread data, TCP sends a reset instead of
	// the end of the stream, and AfterEnd is false. It can also be false if the
	// reset arrived before the relay had read the end.
	AfterEnd bool

	side *relaySide // of Conn, while the relay is under way
}

// Error returns a description that begins with "relay".
func (e *RelayError) Error() string {
	end := ""
	if e.AfterEnd {
		end = " (after the end of the peer's stream)"
	}
	if _, ok := e.Err.(*net.OpError); ok { // it names the operation
		return "relay: " + e.Err.Error() + end
	}
	return fmt.Sprintf("relay: %s %v: %v%s", e.Op, e.Conn.RemoteAddr(), e.Err, end)
}

// Unwrap returns Err.
func (e *RelayError) Unwrap() error { return e.Err }

// Timeout reports whether a deadline was exceeded.
func (e *RelayError) Timeout() bool { return errors.Is(e.Err, os.ErrDeadlineExceeded) }

// Relay copies from a to b and from b to a concurrently. When one peer ends its
// direction of the stream, Relay ends that direction of the other connection
// too, and continues in the opposite direction.
//
// Relay returns when both directions have ended, when no data was copied for
// IdleTimeout ([ErrIdle]), when a deadline of a connection is exceeded, when a
// connection fails, or when ctx ends (its error). It always closes both
// connections.
//
// Each connection may have any type. If both are of type *[Conn], *[UnixConn],
// *[TimeoutConn], *[net.TCPConn] or stream *[net.UnixConn], Linux copies inside
// the kernel by splice(2), and continues past urgent bytes like
// [Conn.ReadFrom]; an urgent byte is passed on only with Urgent. A connection
// of another type, such as a *[crypto/tls.Conn], is read and written by its
// methods. If it has no method CloseWrite, the end of the stream cannot be
// passed on to it, and the relay continues until the other direction has ended
// too.
//
// If a connection fails, Relay still delivers the data received from it,
// because a server may send a response before it has read the whole request,
// and then reset the connection. Relay discards what the other peer sends from
// then on, because closing that connection with unread data would destroy data
// that the peer has not read yet. Relay returns when that peer ends its
// direction, when it has acknowledged all data and sent nothing for 2 seconds,
// or after 30 seconds. The error is a [*RelayError] with the cause, or with an
// error wrapping [ErrBroken].
//
// While a direction is blocked because its receiver does not read, the relay
// does not read from the sender. It then checks every 250 milliseconds whether
// the connection to the sender has failed or was closed. If it has failed,
// [RelaySession].Err reports that, and the relay ends if no data received
// before can be delivered for 30 seconds.
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

// Sessions returns an iterator over the relays that are in progress when the
// iteration begins.
func (r *Relayer) Sessions() iter.Seq[RelaySession] {
	return func(yield func(RelaySession) bool) {
		for _, run := range r.runs() {
			if !yield(RelaySession{run.a.given, run.b.given, run.begun, run.stats(), run.failure()}) {
				return
			}
		}
	}
}

// runs returns the relays in progress.
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

// A relayRun is a relay in progress.
type relayRun struct {
	relayer    *Relayer
	a, b       relaySide
	aToB, bToA relayDirection
	begun      time.Time
	work       sync.WaitGroup // the goroutines of the relay

	detached bool                    // started by Go
	done     func(RelayStats, error) // of Go, or nil
	ctx      <-chan struct{}         // of the context of Go

	looking atomic.Bool // stall runs

	mu        sync.Mutex
	over      bool        // end was called
	err       error       // the first error, or the cause of the same failure
	noticed   error       // of notice; a read or write of the connection returns the cause
	idle      idleness    // of both directions
	idleTimer *time.Timer // of watch
	delivered idleness    // of data received from a connection that has failed
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
	stopped   bool        // it no longer delivers data; guarded by the mutex of the relayRun
	parked    bool        // it has no goroutine and waits in the PollSet; guarded too
}

func (d *relayDirection) init(run *relayRun, src, dst *relaySide, back *relayDirection) {
	d.run, d.src, d.back = run, src, back
	d.dst.run, d.dst.side = run, dst
}

// A streamEnd is how a stream has ended.
type streamEnd uint8

const (
	notEnded    streamEnd = iota
	maybeEnded            // or the cause of a failure was returned to another caller
	surelyEnded           // and the peer had ended it
)

// newRun returns a relay that has not started. On failure the caller must call
// refuse.
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

// refuse closes the connections of a relay that cannot start. A Close may block
// because of SetLinger.
func (run *relayRun) refuse() {
	run.a.close(false)
	run.b.close(false)
}

func (run *relayRun) stats() RelayStats {
	return RelayStats{run.aToB.dst.count.Load(), run.bToA.dst.count.Load()}
}

// start starts a goroutine that pumps.
func (run *relayRun) start(d *relayDirection) { run.work.Go(func() { run.pump(d) }) }

// pump copies in one direction and passes on the end of the stream.
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
		writeErr = dst.endStream()
	}
	if readErr != nil {
		run.fail(readErr, d.back) // the connection cannot be written to either
		if !run.relayer.Reset {   // with Reset, no peer must see a regular end
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

// broken reports whether the end of the stream that was read was not sent by
// the peer: the error that broke the connection was returned to the other
// direction, which writes to the connection and has ended its direction of the
// stream.
func (d *relayDirection) broken() bool {
	return d.src.isGone() && !d.ending.Load() // in this order, because the other direction may be about to end its side
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

// fail records that d no longer delivers data, because of err if that is not
// nil. The relay ends when neither direction does, and immediately for a
// deadline or a Close.
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
	settled := !before && d.back.stopped && !run.over
	drains := settled && run.err != nil
	if drains {
		run.work.Add(1) // not after end, when nobody may wait anymore
	}
	run.mu.Unlock()
	switch {
	case drains:
		go func() {
			defer run.work.Done()
			run.drain()
			run.end(nil)
		}()
	case settled:
		run.end(nil)
	}
}

// tellsMore reports whether err is an error of the connection whose failure was
// noticed.
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

// outlivesEnd reports whether err shows that a stream had ended before the
// connection failed: a write after the end fails with another error than one
// without it.
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
// and still can acknowledge.
func (d *relayDirection) unacked() int64 { return d.dst.side.unacked() }

// end ends a relay, with err if it is the first error. It closes each
// connection in a goroutine, because a Close may block because of SetLinger,
// and all blocked operations return.
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
	run.work.Add(1) // a wait for the goroutines includes the following
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
