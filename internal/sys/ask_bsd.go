// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package sys

import "sync"

// CanSeeFIN reports whether a Poll or Poller reports PeerClosed.
const CanSeeFIN = true

// A Poll checks for events of a descriptor. Pooled by its users.
type Poll struct{ kqueueAsk }

// Ask returns the wanted events that have occurred, and those that are always
// reported: PeerClosed if both directions have ended, and Broken.
func (p *Poll) Ask(fd uintptr, want Events) (Events, error) {
	return p.ask(bsdKernel{}, &bsdKind, fd, want)
}

var peerChecks = sync.Pool{New: func() any { return new(kqueueAsk) }}

// CheckPeer returns the state of the peer and, with Lost, the reason, which the
// next read returns too.
func CheckPeer(fd uintptr) (Liveness, error) {
	a := peerChecks.Get().(*kqueueAsk)
	defer peerChecks.Put(a)
	return a.checkPeer(bsdKernel{}, &bsdKind, fd)
}
