// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package kqmodel

// fires reports whether the event of a knote occurs, and notes in the knote what will be
// reported.
func (k *Kernel) fires(n *knote) bool {
	f := k.files[n.Ident]
	if f == nil {
		return false
	}
	s := f.State()
	switch {
	case s.Closed:
		return false
	case s.Pipe:
		return s.Bytes > 0
	case n.Filter == k.System.Write:
		return k.soWrite(n, s)
	case n.Filter == k.System.Read || k.System.ExceptReads:
		return k.soRead(n, s)
	}
	return k.soExcept(n, s)
}

// soRead is filt_soread_common of XNU, bsd/kern/uipc_socket.c:6587, and filt_soread of the
// BSDs, which look for urgent data in soExcept.
func (k *Kernel) soRead(n *knote, s State) bool {
	n.Data = int64(s.Bytes)
	if k.System.ExceptReads && n.sfflags&k.System.OOB != 0 && s.urgent() {
		n.Fflags |= k.System.OOB // :6614, before the end is looked for
		n.Data -= int64(s.OOBMark)
		return true
	}
	if s.ReadDone {
		n.Flags |= EOF
		n.Fflags = uint32(s.Err) // :6627, in place of NOTE_OOB
		return true
	}
	if s.Err != 0 {
		return true
	}
	lowat := int64(s.Lowat)
	if n.sfflags&Lowat != 0 {
		lowat = n.sdata
		if k.System.LowatClamped {
			lowat = max(min(lowat, int64(s.Size)), int64(s.Lowat))
		}
	}
	return int64(s.Bytes) >= lowat
}

// soExcept is filt_soexcept of OpenBSD, and what filt_soread of DragonFly does with
// NOTE_OOB: it reports neither bytes nor the end.
func (k *Kernel) soExcept(n *knote, s State) bool {
	if n.sfflags&k.System.OOB == 0 || !s.urgent() {
		return false
	}
	n.Fflags |= k.System.OOB
	n.Data = -int64(s.OOBMark) // as in OpenBSD; not used
	return true
}

// soWrite is filt_sowrite_common of XNU, bsd/kern/uipc_socket.c:6773, and filt_sowrite of
// the BSDs.
func (k *Kernel) soWrite(n *knote, s State) bool {
	n.Data = int64(s.Room)
	if s.WriteDone {
		n.Flags |= EOF
		n.Fflags = uint32(s.Err)
		return true
	}
	return canWrite(s)
}
