// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"errors"
	"os"
	"reflect"
	"syscall"
	"testing"
)

// TestLacking has the errors of kernels that lack TCP_INFO.
func TestLacking(t *testing.T) {
	for errno, lacks := range map[syscall.Errno]bool{
		syscall.ENOPROTOOPT: true,
		syscall.EOPNOTSUPP:  true,
		syscall.ENOSYS:      true,
		syscall.EINVAL:      false,
		syscall.EBADF:       false,
	} {
		err := sysError("getsockopt", errno)
		var call *os.SyscallError
		if errors.Is(err, errors.ErrUnsupported) != lacks || !errors.Is(err, errno) || !errors.As(err, &call) || call.Syscall != "getsockopt" {
			t.Errorf("%v: %v", errno, err)
		}
	}
	if err := sysError("getsockopt", errors.ErrUnsupported); err != errors.ErrUnsupported {
		t.Error(err)
	}
}

// TestNameSize fails if [sys.Row.Get] cannot read the name of the algorithm on
// Solaris, where it reads at most as much as the largest of the types that x/sys
// has for getsockopt.
func TestNameSize(t *testing.T) {
	if largest := int(reflect.TypeFor[syscall.ICMPv6Filter]().Size()); nameSize > largest {
		t.Errorf("nameSize is %d, want at most %d", nameSize, largest)
	}
}
