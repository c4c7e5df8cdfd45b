// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// Events are what a connection can be ready for.
type Events uint8

const (
	Readable   Events = 1 << iota // a receive would not wait
	Writable                      // a send would not wait
	Urgent                        // an urgent byte has come and was not received
	PeerClosed                    // the peer has sent its FIN; told unasked if both have
	Broken                        // an error stands in the way; told unasked
)

// An eventWords has the bits by which a system names the events.
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

// A Ready is what a Poller tells of a descriptor.
type Ready struct {
	ID     uint64 // what Set was given
	Events Events // those wanted that hold, and those told unasked; if there are none, Set is to be called again
}

// MaxReady is of how many descriptors Wait of a Poller tells at most.
const MaxReady = 128
