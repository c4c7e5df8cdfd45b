// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package kqmodel

import (
	"io"
	"syscall"
)

// A Socket is one end of a TCP connection. What the peer does is a method, too.
type Socket struct {
	k      *Kernel
	fd     uintptr
	s      State
	inline bool // SO_OOBINLINE
	have   bool // TCPOOB_HAVEDATA
	had    bool // TCPOOB_HADDATA

	peerDone bool // its FIN has arrived
	sentFIN  bool
}

// NewSocket opens a socket that is connected.
func (k *Kernel) NewSocket() *Socket {
	s := &Socket{k: k, s: State{Lowat: 1, Size: 1000, Connected: true, Room: 1000, SendLowat: 100}}
	s.fd = k.Open(s)
	return s
}

// Socket returns the socket of a number, or nil.
func (k *Kernel) Socket(fd uintptr) *Socket {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, _ := k.files[fd].(*Socket)
	return s
}

// FD returns the descriptor number.
func (c *Socket) FD() uintptr { return c.fd }

// State returns the state of c.
func (c *Socket) State() State { return c.s }

// do changes the socket, and activates its knotes if wake is true.
func (c *Socket) do(wake bool, f func()) {
	c.k.mu.Lock()
	defer c.k.mu.Unlock()
	f()
	if wake {
		c.k.post(c.fd)
	} else {
		c.k.notify() // poll(2) checks all descriptors
	}
}

// Close closes the descriptor.
func (c *Socket) Close() { c.k.Close(c.fd) }

// Arrive receives n bytes from the peer.
func (c *Socket) Arrive(n int) { c.do(true, func() { c.s.Bytes += n }) }

// Fill receives as many bytes as fit.
func (c *Socket) Fill() { c.do(true, func() { c.s.Bytes = c.s.Size }) }

// ArriveUrgent receives n bytes and an urgent one from the peer, in one segment: XNU,
// tcp_input, bsd/netinet/tcp_input.c:5716, and tcp_pulloutofband (:6366); the BSDs,
// tcp_do_segment and tcp_pulloutofband (assumed).
func (c *Socket) ArriveUrgent(n int) {
	c.do(c.k.System.UrgentPosts || n > 0 || c.inline, func() {
		c.s.OOBMark = c.s.Bytes + n
		if c.s.OOBMark == 0 {
			c.s.AtMark = true
		}
		c.have, c.had = !c.inline, false
		c.s.Bytes += n
		if c.inline {
			c.s.Bytes++
		}
	})
}

// FIN receives the peer's FIN. If this side has sent its own, the connection has ended.
func (c *Socket) FIN() {
	c.do(true, func() {
		c.peerDone, c.s.ReadDone = true, true
		c.end()
	})
}

// Reset receives a reset: XNU, tcp_drop, which sets so_error and calls soisdisconnected,
// bsd/kern/uipc_socket2.c:276.
func (c *Socket) Reset() {
	c.do(true, func() {
		c.s.Err = int(syscall.ECONNRESET)
		c.s.ReadDone, c.s.WriteDone, c.s.Connected = true, true, false
	})
}

// CloseWrite is shutdown(2) of the sending direction. The peer acknowledges it.
func (c *Socket) CloseWrite() {
	c.do(true, func() {
		c.sentFIN, c.s.WriteDone = true, true
		c.end()
	})
}

// CloseRead is shutdown(2) of the receiving direction.
func (c *Socket) CloseRead() { c.do(true, func() { c.s.ReadDone = true }) }

// end is soisdisconnected, if both directions have ended.
func (c *Socket) end() {
	if c.peerDone && c.sentFIN {
		c.s.Connected = false
	}
}

// SetRoom sets the number of bytes that can be written.
func (c *Socket) SetRoom(n int) { c.do(n > 0, func() { c.s.Room = n }) }

// SetInline sets SO_OOBINLINE.
func (c *Socket) SetInline(on bool) { c.do(false, func() { c.inline = on }) }

// Inline returns SO_OOBINLINE.
func (c *Socket) Inline() bool { return c.inline }

// PeerDone reports whether the peer's FIN has arrived, as in the state of the connection.
func (c *Socket) PeerDone() bool { return c.peerDone }

// Read receives up to n bytes, and not past the mark: XNU, soreceive,
// bsd/kern/uipc_socket.c:3728 and :3864; the same on the BSDs. The error is [io.EOF] at the
// end.
func (c *Socket) Read(n int) (got int, err error) {
	c.do(false, func() {
		if c.s.Bytes == 0 {
			err = syscall.EAGAIN
			switch {
			case c.s.Err != 0:
				err, c.s.Err = syscall.Errno(c.s.Err), 0
			case c.s.ReadDone:
				err = io.EOF
			}
			return
		}
		c.s.AtMark = false
		got = min(n, c.s.Bytes)
		if c.s.OOBMark > 0 {
			got = min(got, c.s.OOBMark)
			c.s.OOBMark -= got
			c.s.AtMark = c.s.OOBMark == 0
		}
		c.s.Bytes -= got
	})
	return got, err
}

// ReadUrgent is recv(2) with MSG_OOB, and MSG_PEEK if peek is true: XNU, tcp_usr_rcvoob,
// bsd/netinet/tcp_usrreq.c:1362; the BSDs the same, except for the mark.
func (c *Socket) ReadUrgent(peek bool) (err error) {
	c.do(false, func() {
		switch {
		case !c.s.urgent() || c.inline || c.had:
			err = syscall.EINVAL
			return
		case !c.have:
			err = syscall.EAGAIN
			return
		}
		if peek && c.k.System.PeekClearsMark || !peek && c.k.System.ReceiveClearsMark {
			c.s.AtMark = false
		}
		if !peek {
			c.have, c.had = false, true
		}
	})
	return err
}

// Look returns the state of c.
func (c *Socket) Look() State {
	c.k.mu.Lock()
	defer c.k.mu.Unlock()
	return c.s
}
