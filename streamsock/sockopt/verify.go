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

// A Mismatch is a setting whose value a socket does not have.
type Mismatch struct {
	Setting Setting // the argument of Verify
	Got     any     // the value on the socket, or nil if Err is not nil
	Err     error   // the error of reading the option
}

// String returns the mismatch in the form "ReadBuffer=1048576 is 425984".
func (m Mismatch) String() string {
	if m.Err != nil {
		return fmt.Sprintf("%v: %v", m.Setting, m.Err)
	}
	return fmt.Sprintf("%v is %s", m.Setting, format(m.Got))
}

// Verify reads the options of the settings from c and returns those settings
// whose value differs, in order. The value may differ because the system has
// limited, rounded or doubled it, as Linux does for the sizes of buffers,
// because the option was set again, or because it cannot be read. If an option
// occurs more than once, only the last setting is compared.
//
// Verify makes one system call for each option, and changes nothing.
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
