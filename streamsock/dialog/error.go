// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"errors"
	"fmt"
	"os"
)

var errEnd = fmt.Errorf("dialog: CR or LF in a message: %w", os.ErrInvalid)

var errNoSocket = fmt.Errorf("dialog: no urgent data on this connection: %w", errors.ErrUnsupported)

// ErrTooLong is returned for a line or a reply that exceeds its limit; see
// [Conn.SetLimits].
var ErrTooLong = errors.New("dialog: line or reply too long")

// ErrBareLineEnd is returned in strict mode for a line that contains a CR or an
// LF that is not part of CR LF; see [Conn.SetStrictCRLF].
var ErrBareLineEnd = errors.New("dialog: bare CR or LF in a line")

// A tooLongError matches ErrTooLong and names the limit.
type tooLongError struct {
	what  string
	limit int
}

func tooLong(what string, limit int) error { return tooLongError{what, limit} }

func (e tooLongError) Error() string {
	return fmt.Sprintf("dialog: %s longer than %d bytes", e.what, e.limit)
}

func (tooLongError) Is(target error) bool { return target == ErrTooLong }
