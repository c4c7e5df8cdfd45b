// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build streamsock_kqueue && !streamsock_poll

package sys

import (
	"os"
	"sync"
	"syscall"

	"example.com/streamsock/internal/kqmodel"
	"golang.org/x/sys/unix"
)

// The build tag streamsock_kqueue chooses the Poller of macOS and the BSDs, on
// a model of their kernels whose sockets are those of Linux, so that the users
// of a Poller can be tested with it. The variable STREAMSOCK_KQUEUE of the
// environment names the system, such as freebsd; otherwise it is darwin.

// A Poller waits for any number of descriptors.
type Poller = kqueuePoller

// NewPoller returns a Poller without descriptors.
func NewPoller() (*Poller, error) {
	for _, s := range []struct {
		system kqmodel.System
		kind   *kqueueKind
	}{
		{kqmodel.FreeBSD, &kqueueFreeBSD}, {kqmodel.OpenBSD, &kqueueOpenBSD}, {kqmodel.DragonFly, &kqueueDragonfly},
		{kqmodel.NetBSD, &kqueueNetBSD},
	} {
		if os.Getenv("STREAMSOCK_KQUEUE") == s.system.Name {
			return newKqueuePoller(linuxKernel{s.system}, s.kind)
		}
	}
	return newKqueuePoller(linuxKernel{kqmodel.Darwin}, &kqueueDarwin)
}

// A linuxKernel uses the sockets of Linux and the queues of a model.
type linuxKernel struct{ system kqmodel.System }

func (linuxKernel) newWaker() (pollWaker, error)                { return newWaker() }
func (linuxKernel) poll(fds []pollFD, timeout int) (int, error) { return poll(fds, timeout) }
func (linuxKernel) isConnected(fd uintptr) bool                 { return IsConnected(fd) }
func (linuxKernel) queued(fd uintptr) (int, error)              { return Queued(fd) }

func (linuxKernel) peerState(fd uintptr) peerState {
	state, err := tcpState(fd)
	switch {
	case err != nil || state == tcpClose || protocol(fd) != unix.IPPROTO_TCP:
		return peerUnknown
	case peerHasEnded(state):
		return peerEnded
	}
	return peerOpen
}

func (linuxKernel) peekUrgent(fd uintptr) (byte, error) {
	var b [1]byte
	_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_OOB|unix.MSG_PEEK)
	return b[0], err
}

func (linuxKernel) isInline(fd uintptr) bool {
	n, err := getsockoptInt(fd, unix.SOL_SOCKET, unix.SO_OOBINLINE)
	return err == nil && n != 0
}

func (linuxKernel) atMark(fd uintptr) bool {
	marked, err := AtMark(fd)
	return err == nil && marked
}

func (k linuxKernel) kqueue(int) (kqueue, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	w, err := newWaker()
	if err != nil {
		unix.Close(epoll)
		return nil, err
	}
	q := &linuxQueue{model: kqmodel.New(k.system), epoll: epoll, waker: w, stopped: make(chan struct{})}
	q.queue = q.model.Queue()
	go q.run()
	return q, nil
}

// A linuxQueue is a queue of the model, with a goroutine that posts the events
// of the sockets to the model.
type linuxQueue struct {
	model   *kqmodel.Kernel
	queue   *kqmodel.Queue
	epoll   int
	waker   *waker
	stopped chan struct{}

	mu    sync.Mutex
	files map[uintptr]*linuxFile
}

func (q *linuxQueue) watch(fd uintptr) error {
	const all = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLPRI | unix.EPOLLRDHUP | unix.EPOLLET
	err := unix.EpollCtl(q.epoll, unix.EPOLL_CTL_ADD, int(fd), &unix.EpollEvent{Events: all & 0xffffffff, Fd: int32(fd)})
	if err == unix.EEXIST {
		return nil
	}
	return err
}

// run posts events to the model while a call waits.
func (q *linuxQueue) run() {
	defer close(q.stopped)
	for {
		fds := []pollFD{pollEntry(uintptr(q.epoll), Readable), pollEntry(q.waker.fd(), Readable)}
		if _, err := poll(fds, -1); err != nil && err != unix.EINTR {
			return
		}
		if fds[1].Revents != 0 {
			return
		}
		q.post()
	}
}

// post posts the events that have occurred to the model.
func (q *linuxQueue) post() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		var events [16]unix.EpollEvent
		n, err := unix.EpollWait(q.epoll, events[:], 0)
		if n <= 0 && err != unix.EINTR {
			return
		}
		for _, e := range events[:max(n, 0)] {
			q.model.Post(uintptr(e.Fd))
		}
	}
}

func (q *linuxQueue) close() {
	q.queue.Close()
	q.waker.wake()
	<-q.stopped
	q.waker.close()
	unix.Close(q.epoll)
}

func (q *linuxQueue) kevent(changes, events []kevent, block bool) (int, error) {
	list := make([]kqmodel.Event, len(changes))
	for i, e := range changes {
		list[i] = kqmodel.Event(e)
		if e.Flags&evAdd != 0 {
			if err := q.open(e.Ident); err != nil {
				return 0, err
			}
		}
	}
	q.post()
	got := make([]kqmodel.Event, len(events))
	n, err := q.queue.Kevent(list, got, block)
	for i, e := range got[:n] {
		events[i] = kevent(e)
	}
	return n, err
}

// open opens the number in the model, after closing its previous file.
func (q *linuxQueue) open(fd uintptr) error {
	var stat unix.Stat_t
	if err := unix.Fstat(int(fd), &stat); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if f := q.files[fd]; f != nil && f.inode == stat.Ino {
		return nil
	}
	if q.files == nil {
		q.files = make(map[uintptr]*linuxFile)
	}
	q.model.Close(fd)
	f := &linuxFile{fd: fd, inode: stat.Ino, pipe: stat.Mode&unix.S_IFMT == unix.S_IFIFO}
	q.files[fd] = f
	q.model.OpenAt(fd, f)
	err := q.watch(fd)
	if err == unix.EPERM {
		return syscall.EINVAL
	}
	return err
}

// A linuxFile is a socket, or the end of a pipe.
type linuxFile struct {
	fd    uintptr
	inode uint64
	pipe  bool
}

// State returns a state in which the filters of the model report what poll(2) does.
func (f *linuxFile) State() (s kqmodel.State) {
	var stat unix.Stat_t
	if err := unix.Fstat(int(f.fd), &stat); err != nil || stat.Ino != f.inode {
		s.Closed = true
		return s
	}
	words, err := ppoll(f.fd, unix.POLLIN|unix.POLLOUT|unix.POLLPRI|unix.POLLRDHUP)
	if err != nil {
		s.Closed = true
		return s
	}
	s.Lowat, s.Size, s.SendLowat = 1, 1<<30, 1
	s.Connected = f.pipe || IsConnected(f.fd)
	s.ReadDone = words&(unix.POLLRDHUP|unix.POLLHUP) != 0
	s.WriteDone = words&unix.POLLHUP != 0 || f.hasShutDown()
	if words&unix.POLLIN != 0 && HasInput(f.fd) {
		s.Bytes = 1
	}
	if words&unix.POLLOUT != 0 {
		s.Room = 1
	}
	if words&unix.POLLERR != 0 && byPeer(f.fd, Broken) != 0 {
		s.Err = int(unix.ECONNRESET)
	}
	if words&unix.POLLPRI != 0 {
		s.OOBMark = 1
	}
	return s
}

// hasShutDown reports whether this side has sent its FIN.
func (f *linuxFile) hasShutDown() bool {
	const tcpFinWait2 = 5
	if f.pipe || protocol(f.fd) != unix.IPPROTO_TCP {
		return false
	}
	switch state, err := tcpState(f.fd); state {
	case tcpFinWait1, tcpFinWait2, tcpTimeWait, tcpLastAck, tcpClosing:
		return err == nil
	}
	return false
}
