// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var wsaPoll = windows.NewLazySystemDLL("ws2_32.dll").NewProc("WSAPoll")

// A pollFD is a WSAPOLLFD, winsock2.h.
type pollFD struct {
	fd      uintptr
	events  int16
	revents int16
}

// poll waits for one of the descriptors, so many milliseconds or, if that is
// negative, as long as it takes.
func poll(fds []pollFD, timeout int) (int, error) {
	n, _, err := wsaPoll.Call(uintptr(unsafe.Pointer(unsafe.SliceData(fds))), uintptr(len(fds)), uintptr(timeout))
	switch {
	case int32(n) >= 0:
		return int(n), nil
	case err == windows.WSAENOTSOCK && len(fds) > 1:
		return 0, nil // one was closed just now: the next call passes it over
	}
	return 0, err
}

// A Poll asks whether a descriptor is ready. Its memory is used again.
type Poll struct{ fds [1]pollFD }

// Ask returns for which of the events the descriptor is ready now.
func (p *Poll) Ask(fd uintptr, want Events) (Events, error) {
	p.fds[0] = pollFD{fd: fd, events: toPoll(want)}
	n, err := poll(p.fds[:], 0)
	if n == 0 {
		return 0, err
	}
	return fromPoll(p.fds[0].revents), nil
}

// The system's words for the events, winsock2.h.
var pollWords = [...]struct {
	event Events
	word  int16
	ask   bool // it is an error to ask for the others, which are told unasked
}{
	{Readable, 0x0100, true}, // POLLRDNORM
	{Writable, 0x0010, true}, // POLLWRNORM
	{Urgent, 0x0200, true},   // POLLRDBAND
	{PeerClosed, 2, false},   // POLLHUP
	{Broken, 1 | 4, false},   // POLLERR, POLLNVAL
}

func toPoll(e Events) (words int16) {
	for _, p := range pollWords {
		if p.ask && e&p.event != 0 {
			words |= p.word
		}
	}
	return words
}

func fromPoll(words int16) (e Events) {
	for _, p := range pollWords {
		if words&p.word != 0 {
			e |= p.event
		}
	}
	if e&PeerClosed != 0 {
		e |= Readable // behind the last byte the system tells POLLHUP alone
	}
	return e
}
