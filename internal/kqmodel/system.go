// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kqmodel

// A System is what the systems differ in.
type System struct {
	Name string // as GOOS

	Read, Write, Except int32  // EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT
	OOB                 uint32 // NOTE_OOB, or 0 if there is no EVFILT_EXCEPT

	// ExceptReads reports that EVFILT_EXCEPT reports what EVFILT_READ does as well.
	// XNU, filt_soread_common, bsd/kern/uipc_socket.c:6587 is used for both (:214).
	ExceptReads bool

	// LowatClamped reports that NOTE_LOWAT is no larger than the buffer.
	// XNU, filt_soread_common, bsd/kern/uipc_socket.c:6644.
	LowatClamped bool

	// UrgentPosts reports that an urgent byte activates the knotes of the socket.
	// XNU, sohasoutofband, bsd/kern/uipc_socket.c:6487; OpenBSD and DragonFly,
	// sohasoutofband. That of FreeBSD and NetBSD wakes only poll(2).
	UrgentPosts bool

	// PeekClearsMark and ReceiveClearsMark report that recv(2) with MSG_OOB makes the
	// kernel forget that the reader is at the mark.
	// XNU, tcp_usr_rcvoob, bsd/netinet/tcp_usrreq.c:1381.
	PeekClearsMark, ReceiveClearsMark bool

	// PollByKnotes reports that poll(2) is made of one-shot knotes.
	// XNU, poll_nocancel, bsd/kern/sys_generic.c:1689.
	PollByKnotes bool

	// PollMax is the maximum number of descriptors of poll(2), or 0 for no
	// limit. XNU, OPEN_MAX, bsd/sys/syslimits.h:108,
	// bsd/kern/sys_generic.c:1707.
	PollMax int
}

// The systems. The numbers are those of sys/event.h.
var (
	Darwin = System{Name: "darwin", Read: -1, Write: -2, Except: -15, OOB: 2,
		ExceptReads: true, LowatClamped: true, UrgentPosts: true,
		PeekClearsMark: true, ReceiveClearsMark: true, PollByKnotes: true, PollMax: 10240}
	DragonFly = System{Name: "dragonfly", Read: -1, Write: -2, Except: -8, OOB: 2, UrgentPosts: true}
	FreeBSD   = System{Name: "freebsd", Read: -1, Write: -2}
	NetBSD    = System{Name: "netbsd", Read: 0, Write: 1}
	OpenBSD   = System{Name: "openbsd", Read: -1, Write: -2, Except: -9, OOB: 4, UrgentPosts: true}
)

// Systems has all of them.
var Systems = []System{Darwin, DragonFly, FreeBSD, NetBSD, OpenBSD}

// Flags of an Event, sys/event.h.
const (
	Add     = 0x1    // EV_ADD
	Delete  = 0x2    // EV_DELETE
	Oneshot = 0x10   // EV_ONESHOT
	Clear   = 0x20   // EV_CLEAR
	Error   = 0x4000 // EV_ERROR
	EOF     = 0x8000 // EV_EOF
	Lowat   = 0x1    // NOTE_LOWAT
)

// Words of poll(2), sys/poll.h.
const (
	PollIn   = 0x1
	PollPri  = 0x2
	PollOut  = 0x4
	PollErr  = 0x8
	PollHup  = 0x10
	PollNval = 0x20
)

// An Event is a struct kevent: a change or an event.
type Event struct {
	Ident  uintptr // descriptor
	Filter int32   // such as System.Read
	Flags  uint32  // such as Add
	Fflags uint32  // such as Lowat; with EOF the errno
	Data   int64   // low-water mark, or number of bytes; with Error the errno
	Udata  uintptr // handed back
}

// A PollFD is a struct pollfd.
type PollFD struct {
	FD      uintptr // descriptor
	Events  int16   // the requested events
	Revents int16   // those that occurred
}
