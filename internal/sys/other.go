// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix && !windows

package sys

import "errors"

// What the system can do.
const (
	HasMsg        = false // Recvmsg and Sendmsg
	CanAwaitWrite = false // RawConn.Write can wait
	CanSeeFIN     = false // a Poll or Poller reports PeerClosed
	HasDupTo      = false // DupTo
	SharesPoller  = false // package net can use two descriptors of a socket
	CanRelisten   = false // Listen changes the backlog of a listener
	ReportsPast   = false // a Poller may report events from before Wait
)

// CheckPeer returns the state of the peer.
func CheckPeer(fd uintptr) (Liveness, error) { return 0, errors.ErrUnsupported }

var table map[string]Row

func getsockopt(fd uintptr, level, number int, b []byte) (int, error) {
	return 0, errors.ErrUnsupported
}

func setsockopt(fd uintptr, level, number int, b []byte) error {
	return errors.ErrUnsupported
}

func familyOf(fd uintptr) family { return ipv4 }

// IsConnected reports whether the socket has a peer, which is unknown on these
// systems.
func IsConnected(fd uintptr) bool { return true }

// Flags of Recvmsg and Sendmsg; 0 where the system lacks it.
const (
	MsgDontRoute = 0
	MsgMore      = 0
	MsgOOB       = 0
	MsgPeek      = 0
	MsgTrunc     = 0
)

// MaxVec is the number of slices that one system call accepts.
const MaxVec = 1

// A Vec is a list of slices for one system call.
type Vec struct{ list [][]byte }

// Load loads as many of the slices as one system call accepts, without empty
// ones, starting at byte off of the first, and returns their total size.
func (v *Vec) Load(bufs [][]byte, off int) (total int) {
	v.list, total = load(v.list, bufs, off, MaxVec, func(b []byte) []byte { return b })
	return total
}

// Clear drops the references to the slices.
func (v *Vec) Clear() { clear(v.list) }

// Recvmsg receives into the slices of v.
func Recvmsg(fd uintptr, v *Vec, flags int) (int, error) { return 0, errors.ErrUnsupported }

// Sendmsg sends the slices of v.
func Sendmsg(fd uintptr, v *Vec, flags int) (int, error) { return 0, errors.ErrUnsupported }

// Queued returns the number of bytes that can be read.
func Queued(fd uintptr) (int, error) { return 0, errors.ErrUnsupported }

// AtMark reports whether the next byte to read is the one after the urgent
// byte, or the urgent byte itself if it is received inline.
func AtMark(fd uintptr) (bool, error) { return false, errors.ErrUnsupported }

// A Poll checks for events of a descriptor.
type Poll struct{}

// Ask returns the wanted events that have occurred.
func (p *Poll) Ask(fd uintptr, want Events) (Events, error) { return 0, errors.ErrUnsupported }

// A Poller waits for any number of descriptors.
type Poller struct{}

// NewPoller returns a Poller.
func NewPoller() (*Poller, error) { return nil, errors.ErrUnsupported }

// Set makes Wait report the events of a descriptor.
func (p *Poller) Set(fd uintptr, id uint64, want Events) error {
	return errors.ErrUnsupported
}

// Remove makes Wait no longer report a descriptor.
func (p *Poller) Remove(fd uintptr, id uint64) {}

// Wait waits for a descriptor to be ready.
func (p *Poller) Wait(ready []Ready, block bool) (int, error) { return 0, errors.ErrUnsupported }

// Wake makes Wait return.
func (p *Poller) Wake() {}

// Close frees the resources of the Poller.
func (p *Poller) Close() error { return errors.ErrUnsupported }
