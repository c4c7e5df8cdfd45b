// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"errors"
	"math"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The driver AFD is the part of Winsock in the kernel. Its request
// IOCTL_AFD_POLL is beneath select and WSAPoll. Unlike them it can complete on
// a completion port, reports the peer's end of the stream only on request, and
// reports a failed connect before Windows 10 version 2004 too. Microsoft does
// not document it; libuv, wepoll and mio use it as it is used here.

var (
	ntdll                       = windows.NewLazySystemDLL("ntdll.dll")
	kernel32                    = windows.NewLazySystemDLL("kernel32.dll")
	ntDeviceIoControlFile       = ntdll.NewProc("NtDeviceIoControlFile")
	getQueuedCompletionStatusEx = kernel32.NewProc("GetQueuedCompletionStatusEx")
)

const (
	ioctlAFDPoll     = 0x00012024
	sioBaseHandle    = 0x48000022 // mswsock.h: SIO_BASE_HANDLE
	sioBSPHandlePoll = 0x4800001d // mswsock.h: SIO_BSP_HANDLE_POLL
)

// Events of AFD. AFD_POLL_CONNECT is left out: it stays as long as the connection.
const (
	afdReceive     = 0x0001 // AFD_POLL_RECEIVE
	afdExpedited   = 0x0002 // AFD_POLL_RECEIVE_EXPEDITED: an urgent byte, if not inline
	afdSend        = 0x0004 // AFD_POLL_SEND
	afdDisconnect  = 0x0008 // AFD_POLL_DISCONNECT: the peer's FIN
	afdAbort       = 0x0010 // AFD_POLL_ABORT: a reset
	afdLocalClose  = 0x0020 // AFD_POLL_LOCAL_CLOSE: the socket was closed; unasked
	afdAccept      = 0x0080 // AFD_POLL_ACCEPT
	afdConnectFail = 0x0100 // AFD_POLL_CONNECT_FAIL
)

var afdWords = eventWords[uint32]{
	{Readable, afdReceive | afdAccept | afdDisconnect},
	{Writable, afdSend},
	{Urgent, afdExpedited},
	{PeerClosed, afdDisconnect},
	{Broken, afdAbort | afdLocalClose | afdConnectFail},
}

// An afdPollInfo is an AFD_POLL_INFO with one AFD_POLL_HANDLE_INFO.
type afdPollInfo struct {
	timeout   int64 // in units of 100 nanoseconds; never ends: forever
	handles   uint32
	exclusive uint32
	socket    uintptr
	events    uint32
	status    uint32
}

const forever = math.MaxInt64

// An afdPoll is one request. The kernel writes to it until it has ended.
type afdPoll struct {
	over windows.Overlapped // also the IO_STATUS_BLOCK, which it begins with
	want Events
	info afdPollInfo
}

// start requests the events of a socket by a handle of AFD. Only one request
// for a socket may be pending on a completion port: of two, Windows may
// complete one with the events of the other, and the other never. The request
// is reported to the handle's completion port if port is true, also if it ends
// immediately.
func (r *afdPoll) start(device, socket windows.Handle, want Events, timeout int64, port bool) windows.NTStatus {
	r.over = windows.Overlapped{}
	r.want = want
	r.info = afdPollInfo{timeout: timeout, handles: 1, socket: uintptr(socket), events: afdWords.of(want | Broken)}
	var context *windows.Overlapped
	if port {
		context = &r.over
	}
	status, _, _ := syscall.SyscallN(ntDeviceIoControlFile.Addr(), uintptr(device), 0, 0,
		uintptr(unsafe.Pointer(context)), uintptr(unsafe.Pointer(&r.over)), ioctlAFDPoll,
		uintptr(unsafe.Pointer(&r.info)), unsafe.Sizeof(r.info), uintptr(unsafe.Pointer(&r.info)), unsafe.Sizeof(r.info))
	return windows.NTStatus(status)
}

// events returns the requested events of a request that has ended, and Broken.
func (r *afdPoll) events() Events {
	if r.info.handles == 0 {
		return 0
	}
	return afdWords.events(r.info.events) & (r.want | Broken)
}

// openAFD opens AFD without a socket. A process that may not do that cannot
// create a socket either.
func openAFD() (windows.Handle, error) {
	name, err := windows.NewNTUnicodeString(`\Device\Afd\Streamsock`) // any name does
	if err != nil {
		return 0, err
	}
	attributes := windows.OBJECT_ATTRIBUTES{ObjectName: name}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	var device windows.Handle
	var status windows.IO_STATUS_BLOCK
	err = windows.NtCreateFile(&device, windows.SYNCHRONIZE, &attributes, &status, nil, 0,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, windows.FILE_OPEN, 0, 0, 0)
	if err != nil {
		return 0, err.(windows.NTStatus).Errno()
	}
	return device, nil
}

// baseSocket returns the socket of Winsock itself, beneath layered service
// providers. If fd is not a socket, the error is [errors.ErrUnsupported].
func baseSocket(fd uintptr) (base windows.Handle, err error) {
	for _, code := range [...]uint32{sioBaseHandle, sioBSPHandlePoll} {
		var n uint32
		err = windows.WSAIoctl(windows.Handle(fd), code, nil, 0, (*byte)(unsafe.Pointer(&base)), uint32(unsafe.Sizeof(base)), &n, nil, 0)
		switch err {
		case nil:
			return base, nil
		case windows.WSAENOTSOCK:
			return 0, errors.ErrUnsupported
		}
	}
	return 0, err
}
