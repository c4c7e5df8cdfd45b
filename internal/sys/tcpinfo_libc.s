// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build darwin || openbsd

#include "textflag.h"

// A jump to getsockopt of the C library, and a variable that holds the
// address of the jump, as golang.org/x/sys/unix has them.

TEXT libc_getsockopt_trampoline<>(SB),NOSPLIT,$0-0
#ifdef GOARCH_ppc64
	CALL	libc_getsockopt(SB)
	RET
#else
	JMP	libc_getsockopt(SB)
#endif

#ifdef GOARCH_386
#define PTRSIZE 4
#endif
#ifdef GOARCH_arm
#define PTRSIZE 4
#endif
#ifndef PTRSIZE
#define PTRSIZE 8
#endif

GLOBL	·libc_getsockopt_trampoline_addr(SB), RODATA, $PTRSIZE
DATA	·libc_getsockopt_trampoline_addr(SB)/PTRSIZE, $libc_getsockopt_trampoline<>(SB)
