// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix && !windows

package streamsock_test

import (
	"errors"
	"testing"

	"example.com/streamsock/streamsock"
)

func TestSocketUnsupported(t *testing.T) {
	for _, network := range []string{"tcp", "tcp4", "tcp6"} {
		s, err := streamsock.NewSocket(network)
		if s != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, %v", network, s, err)
		}
	}
}
