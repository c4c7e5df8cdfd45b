// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A Poller waits for any number of sockets. It has a completion port, on which
// a request for each socket ends. A blocked Wait occupies a thread, because the
// port of the runtime's own poller ignores the requests of others.
type Poller struct {
	port        windows.Handle
	completions [MaxReady]completion // of Wait

	mu      sync.Mutex
	pending map[uintptr]*pollRequest // in the kernel, by descriptor
	free    []*pollRequest
	devices []*afdDevice
	pin     runtime.Pinner // of all requests
	waiting bool           // in Wait
	woken   bool           // the port has a completion of Wake
	closed  bool
}

// A pollRequest is a request for the events of a socket.
type pollRequest struct {
	afdPoll  // first, because its address is part of a completion
	fd       uintptr
	id       uint64 // to be reported, or 0
	canceled bool
	device   *afdDevice
}

// An afdDevice is a handle of AFD. The time to cancel a request grows with the
// number of pending requests of the same handle.
type afdDevice struct {
	handle  windows.Handle
	pending int
}

// deviceRequests is the maximum number of pending requests of one handle of
// AFD.
const deviceRequests = 128

// A completion is an OVERLAPPED_ENTRY.
type completion struct {
	_    uintptr // completion key
	over *windows.Overlapped
	_    uintptr // internal
	_    uint32  // bytes transferred
}

// openPollers contains the Pollers that are not closed, because the kernel
// writes to their requests even if nothing else refers to them.
var openPollers sync.Map // of *Poller

// NewPoller returns a Poller without sockets.
func NewPoller() (*Poller, error) {
	port, err := windows.CreateIoCompletionPort(windows.InvalidHandle, 0, 0, 0)
	if err != nil {
		return nil, os.NewSyscallError("createiocompletionport", err)
	}
	p := &Poller{port: port, pending: make(map[uintptr]*pollRequest)}
	if _, err := p.device(); err != nil {
		_ = windows.CloseHandle(port)
		return nil, err
	}
	openPollers.Store(p, nil)
	return p, nil
}

// device returns a handle of AFD with fewer than the maximum number of
// requests.
func (p *Poller) device() (*afdDevice, error) {
	i := slices.IndexFunc(p.devices, func(d *afdDevice) bool { return d.pending < deviceRequests })
	if i >= 0 {
		return p.devices[i], nil
	}
	handle, err := openAFD()
	if err != nil {
		return nil, os.NewSyscallError("ntcreatefile", err)
	}
	if _, err := windows.CreateIoCompletionPort(handle, p.port, 0, 0); err != nil {
		_ = windows.CloseHandle(handle)
		return nil, os.NewSyscallError("createiocompletionport", err)
	}
	d := &afdDevice{handle: handle}
	p.devices = append(p.devices, d)
	return d, nil
}

// Set makes Wait report the events of a socket once, with the id, replacing an
// earlier Set of the descriptor. If it cannot do so yet, because an earlier
// request must end first, Wait reports the id without events, and Set must be
// called again.
//
// A request belongs to the open socket and not to the number. It ends when the
// socket is closed; if it has another descriptor, the request can wake Wait
// once.
//
// If fd is not a socket, the error is [errors.ErrUnsupported].
func (p *Poller) Set(fd uintptr, id uint64, want Events) error {
	socket, err := baseSocket(fd)
	switch err {
	case nil:
	case errors.ErrUnsupported:
		return err
	default:
		return os.NewSyscallError("wsaioctl", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	if r := p.pending[fd]; r != nil {
		if r.id != id || want&^r.want != 0 {
			p.cancel(r)
		}
		r.id, r.want = id, want
		return nil
	}
	r, err := p.request()
	if err != nil {
		return err
	}
	r.fd, r.id, r.canceled = fd, id, false
	switch status := r.start(r.device.handle, socket, want, forever, true); status {
	case windows.STATUS_SUCCESS, windows.STATUS_PENDING:
		p.pending[fd] = r
		r.device.pending++
		return nil
	case windows.STATUS_INVALID_HANDLE, windows.STATUS_OBJECT_TYPE_MISMATCH:
		p.free = append(p.free, r)
		return errors.ErrUnsupported
	default:
		p.free = append(p.free, r)
		return os.NewSyscallError("ntdeviceiocontrolfile", status.Errno())
	}
}

// request returns a request that can be started.
func (p *Poller) request() (*pollRequest, error) {
	d, err := p.device()
	if err != nil {
		return nil, err
	}
	if n := len(p.free); n > 0 {
		r := p.free[n-1]
		p.free, r.device = p.free[:n-1], d
		return r, nil
	}
	r := &pollRequest{device: d}
	p.pin.Pin(r)
	return r, nil
}

// cancel makes a request end soon, unless it has ended.
func (p *Poller) cancel(r *pollRequest) {
	if !r.canceled {
		r.canceled = true
		_ = windows.CancelIoEx(r.device.handle, &r.over)
	}
}

// Remove makes Wait no longer report a descriptor.
func (p *Poller) Remove(fd uintptr, id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.pending[fd]; r != nil && r.id == id {
		r.id = 0
		p.cancel(r)
	}
}

// Wait waits for a descriptor to be ready, or for Wake. If block is false, it
// does not wait. It returns the number of elements of ready that it has filled.
// After Close it returns an error. Only one goroutine at a time may call it.
func (p *Poller) Wait(ready []Ready, block bool) (int, error) {
	timeout := uint32(0)
	if block {
		timeout = windows.INFINITE
	}
	for {
		if err := p.begin(); err != nil {
			return 0, err
		}
		completions, err := p.dequeue(min(len(ready), MaxReady), timeout)
		n, woken, err := p.end(ready, completions, err)
		if n > 0 || woken || err != nil || len(completions) == 0 {
			return n, err
		}
	}
}

func (p *Poller) begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.waiting = true
	return nil
}

// dequeue waits for completions, for at most timeout milliseconds, after which
// it returns none.
func (p *Poller) dequeue(most int, timeout uint32) ([]completion, error) {
	var n uint32
	ok, _, err := syscall.SyscallN(getQueuedCompletionStatusEx.Addr(), uintptr(p.port),
		uintptr(unsafe.Pointer(&p.completions)), uintptr(most), uintptr(unsafe.Pointer(&n)), uintptr(timeout), 0)
	switch {
	case ok != 0:
		return p.completions[:n], nil
	case err == syscall.Errno(windows.WAIT_TIMEOUT):
		return nil, nil
	}
	return nil, os.NewSyscallError("getqueuedcompletionstatusex", err)
}

// end reports the ready sockets, and whether Wake was called.
func (p *Poller) end(ready []Ready, completions []completion, err error) (n int, woken bool, _ error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = false
	for _, c := range completions {
		if c.over == nil {
			p.woken, woken = false, true
			continue
		}
		r := p.ended(c)
		if r.id == 0 {
			continue
		}
		ready[n].ID = r.id
		switch {
		case r.canceled:
			ready[n].Events = 0 // Set must be called again
		case r.over.Internal == uintptr(windows.STATUS_SUCCESS):
			ready[n].Events = r.events()
		default:
			ready[n].Events = Broken // the owner finds out why
		}
		n++
	}
	if p.closed {
		p.release()
		return 0, false, os.ErrClosed
	}
	return n, woken, err
}

// ended returns the request of a completion to the free ones.
func (p *Poller) ended(c completion) *pollRequest {
	r := (*pollRequest)(unsafe.Pointer(c.over))
	delete(p.pending, r.fd)
	r.device.pending--
	p.free = append(p.free, r)
	return r
}

// Wake makes Wait return, now or when it is called next.
func (p *Poller) Wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed && !p.woken {
		p.woken = windows.PostQueuedCompletionStatus(p.port, 0, 0, nil) == nil
	}
}

// Close unblocks Wait and frees the Poller's own handles.
func (p *Poller) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.closed = true
	if p.waiting {
		_ = windows.PostQueuedCompletionStatus(p.port, 0, 0, nil) // Wait frees the rest
	} else {
		p.release()
	}
	return nil
}

// release frees the handles when all requests have ended. If a request does not
// end, its memory is kept.
func (p *Poller) release() {
	for _, d := range p.devices {
		_ = windows.CancelIoEx(d.handle, nil)
	}
	const patience = 1000 // milliseconds
	for len(p.pending) > 0 {
		completions, err := p.dequeue(MaxReady, patience)
		if err != nil || len(completions) == 0 {
			break
		}
		for _, c := range completions {
			if c.over != nil {
				p.ended(c)
			}
		}
	}
	for _, d := range p.devices {
		_ = windows.CloseHandle(d.handle)
	}
	_ = windows.CloseHandle(p.port)
	if len(p.pending) == 0 {
		p.pin.Unpin()
		openPollers.Delete(p)
	}
	p.free, p.devices = nil, nil
}
