// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"os"
	"strconv"
	"syscall"
)

// kernelTruth contains the value that Linux reports for a sample value, if it
// is not the value itself.
var kernelTruth = map[string]func(asked string) string{
	"AddrPreferences":  withHome,
	"ReadBuffer":       double,
	"ReadBufferForce":  double,
	"ThinDupAck":       func(string) string { return "false" }, // since Linux 4.11
	"WriteBuffer":      double,
	"WriteBufferForce": double,
}

func double(asked string) string {
	n, err := strconv.Atoi(asked)
	if err != nil {
		panic(err)
	}
	return strconv.Itoa(2 * n)
}

// withHome adds IPV6_PREFER_SRC_HOME, which is set as long as nothing else is
// asked for.
func withHome(asked string) string {
	n, err := strconv.Atoi(asked)
	if err != nil {
		panic(err)
	}
	return strconv.Itoa(n | 0x400)
}

// refused reports whether Linux refuses the sample value for a reason other
// than not having the option.
func refused(i Info, err error) bool {
	return i.Name == "ULP" && errors.Is(err, syscall.ENOENT) // no module tls
}

// hole reports whether the option is one that the emulator on which the tests
// run gets wrong; .ci/platforms names it by the variable. The user mode of qemu,
// as of 7.2, does not hand some to the kernel, or not right: it knows most
// options as an int and not as bytes. gVisor takes some and does nothing.
func hole(i Info) bool {
	switch os.Getenv("STREAMSOCK_EMULATOR") {
	case "qemu-user":
		switch i.Name {
		case "BindToDevice", "Congestion", "Cookie", "FastOpenKey", "MD5SigExt", "MemInfo", "NetNSCookie", "SavedSyn", "ULP":
			return true
		}
	case "gvisor":
		switch i.Name {
		case "FastOpenKey", "MD5SigExt", "MaxSegment", "OOBInline", "OriginalDst", "ReceiveLowat", "SavedSyn", "WriteBufferForce":
			return true
		}
	}
	return false
}
