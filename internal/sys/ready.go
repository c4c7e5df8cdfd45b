// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// Events is a set of events of a connection.
type Events uint8

const (
	Readable   Events = 1 << iota // a receive would not block
	Writable                      // a send would not block
	Urgent                        // an urgent byte has arrived and was not received
	PeerClosed                    // the peer has sent its FIN; always reported if both have
	Broken                        // the connection has failed; always reported
)

// An eventWords maps the events to the bits of a system.
type eventWords[W ~int16 | ~uint16 | ~uint32] []struct {
	event Events
	words W
}

// of returns the bits of the events.
func (t eventWords[W]) of(e Events) (words W) {
	for _, w := range t {
		if e&w.event != 0 {
			words |= w.words
		}
	}
	return words
}

// events returns the events that have one of the bits.
func (t eventWords[W]) events(words W) (e Events) {
	for _, w := range t {
		if words&w.words != 0 {
			e |= w.event
		}
	}
	return e
}

// A Ready is the result of a Poller for a descriptor.
type Ready struct {
	ID     uint64 // the argument of Set
	Events Events // the wanted events that have occurred, and those always reported; if there are none, Set must be called again
}

// MaxReady is the maximum number of descriptors that Wait of a Poller reports.
const MaxReady = 128
