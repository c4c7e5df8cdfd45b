// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"fmt"
	"reflect"
	"slices"
	"syscall"
)

// A Mismatch is a setting that a socket does not have.
type Mismatch struct {
	Setting Setting // the one given to Verify
	Got     any     // what the socket has instead, or nil if Err is not
	Err     error   // of reading it back
}

// String returns the mismatch in the form "ReadBuffer=1048576 is 425984".
func (m Mismatch) String() string {
	if m.Err != nil {
		return fmt.Sprintf("%v: %v", m.Setting, m.Err)
	}
	return fmt.Sprintf("%v is %s", m.Setting, format(m.Got))
}

// Verify reads the settings back from c and returns those that it does not have, in
// their order: because the system has limited, rounded or doubled the value, as Linux
// does with the sizes of buffers, because something has set the option again, or
// because it cannot be read. If an option occurs more than once, the last one counts.
//
// It makes one system call for each option, and changes nothing.
func Verify(c syscall.Conn, s ...Setting) []Mismatch {
	var list []Mismatch
	for i, want := range s {
		if want.binding == nil || slices.ContainsFunc(s[i+1:], want.isOfSameOption) {
			continue
		}
		got, err := want.Info().Get(c)
		switch {
		case err != nil:
			list = append(list, Mismatch{Setting: want, Err: err})
		case !reflect.DeepEqual(got, want.Value()):
			list = append(list, Mismatch{Setting: want, Got: got})
		}
	}
	return list
}

func (s Setting) isOfSameOption(other Setting) bool {
	return other.binding != nil && s.Info().def == other.Info().def
}
