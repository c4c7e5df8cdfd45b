// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || solaris || (linux && streamsock_poll)

package sys

// A Poller waits for any number of descriptors. On Linux the build tag
// streamsock_poll chooses this Poller, so that it can be tested there.
type Poller = pollPoller

// NewPoller returns a Poller without descriptors.
func NewPoller() (*Poller, error) {
	w, err := newWaker()
	if err != nil {
		return nil, err
	}
	return newPollPoller(w, poll), nil
}
