// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"os"
	"time"
)

// urgentPause is the time after which poll(2) is called again if it has
// reported an urgent byte that cannot be received. It continues to report a
// byte that was received until a read passes the mark, and cannot wait for the
// next one.
const urgentPause = 10 * time.Millisecond

// urgentID is the id of a descriptor in the Poller for urgent data.
func urgentID(fd uintptr, tag uint32) uint64 { return uint64(tag)<<32 | uint64(uint32(fd)) }

// setUrgent makes a thread wait in poll(2) for the urgent byte of an entry, if
// it is wanted and has not arrived. The thread starts when it is first needed.
func (p *kqueuePoller) setUrgent(fd uintptr, e kqueueEntry) error {
	id := urgentID(fd, e.tag)
	if e.want&Urgent == 0 {
		if p.urgent != nil {
			p.urgent.Remove(fd, id)
		}
		return nil
	}
	fds := [1]pollFD{pollEntry(fd, Urgent)}
	if n, err := p.kernel.poll(fds[:], 0); err == nil && n > 0 && pollAnswer(fds[0])&Urgent != 0 && p.kind.isUrgent(p.kernel, fd) {
		p.raised = append(p.raised, id)
		p.waker.wake()
		return nil
	}
	if p.urgent == nil {
		w, err := p.kernel.newWaker()
		if err != nil {
			return err
		}
		p.urgent = newPollPoller(w, p.kernel.poll)
		go p.watchUrgent(p.urgent)
	}
	return p.urgent.Set(fd, id, Urgent)
}

// watchUrgent makes Wait report urgent bytes, until the Poller for them is closed.
func (p *kqueuePoller) watchUrgent(urgent *pollPoller) {
	var ready [MaxReady]Ready
	for {
		n, err := urgent.Wait(ready[:], true)
		switch {
		case err == os.ErrClosed:
			return
		case err != nil: // the kernel is short of memory
			time.Sleep(urgentPause)
		}
		p.mu.Lock()
		for _, r := range ready[:n] {
			p.raise(r)
		}
		p.mu.Unlock()
	}
}

// raise makes Wait report an urgent byte, or makes the thread check again later
// if there is none. The queue reports the other events that poll(2) always
// reports.
func (p *kqueuePoller) raise(r Ready) {
	fd, _, ok := p.urgentEntry(r.ID)
	switch {
	case !ok:
	case r.Events&Urgent != 0 && p.kind.isUrgent(p.kernel, fd):
		p.raised = append(p.raised, r.ID)
		p.waker.wake()
	default:
		time.AfterFunc(urgentPause, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if _, _, ok := p.urgentEntry(r.ID); ok {
				_ = p.urgent.Set(fd, r.ID, Urgent)
			}
		})
	}
}

// urgentEntry returns the entry for the id.
func (p *kqueuePoller) urgentEntry(id uint64) (fd uintptr, e kqueueEntry, ok bool) {
	fd = uintptr(uint32(id))
	e = p.entries[fd]
	return fd, e, !p.closed && e.armed && e.want&Urgent != 0 && urgentID(fd, e.tag) == id
}

// collectUrgent reports the results of raise, as far as ready has room.
func (p *kqueuePoller) collectUrgent(ready []Ready) {
	for len(p.raised) > 0 && len(p.fired) < len(ready) {
		if fd, e, ok := p.urgentEntry(p.raised[0]); ok {
			p.report(ready, fd, e, Urgent)
		}
		p.raised = p.raised[1:]
	}
	if len(p.raised) == 0 {
		p.raised = nil
	} else {
		p.waker.wake()
	}
}
