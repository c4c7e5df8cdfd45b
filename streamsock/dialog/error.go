// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"errors"
	"fmt"
	"os"
)

var errEnd = fmt.Errorf("CR or LF in a message: %w", os.ErrInvalid)

var errNoSocket = fmt.Errorf("dialog: no urgent data on this connection: %w", errors.ErrUnsupported)

// ErrTooLong is the error of a line or a reply that is longer than its limit.
var ErrTooLong = errors.New("too long")

// ErrBareLineEnd is returned in strict mode for a line that contains a CR or an
// LF that is not part of CR LF; see [Conn.SetStrictCRLF].
var ErrBareLineEnd = errors.New("dialog: bare CR or LF in a line")
