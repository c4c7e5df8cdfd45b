// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"sync"

	"golang.org/x/sys/windows"
)

// A Poll checks for events of a descriptor. Pooled by its users.
type Poll struct{ request afdPoll }

// askDevice is the handle of AFD for Ask, which is never closed.
var askDevice = sync.OnceValues(openAFD)

// Ask returns the wanted events that have occurred, and Broken.
func (p *Poll) Ask(fd uintptr, want Events) (Events, error) {
	device, err := askDevice()
	if err != nil {
		return 0, err
	}
	socket, err := baseSocket(fd)
	if err != nil {
		return 0, err
	}
	// With a timeout of zero it ends immediately.
	if status := p.request.start(device, socket, want, 0, false); status != windows.STATUS_SUCCESS {
		return 0, status.Errno()
	}
	return p.request.events(), nil
}
