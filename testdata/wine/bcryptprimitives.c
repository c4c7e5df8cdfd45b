/*
 * Copyright 2026 The streamsock authors. All rights reserved.
 * Use of this source code is governed by a BSD-style
 * license that can be found in the LICENSE file.
 *
 * bcryptprimitives.dll for a wine that has none, such as 8.0: Go programs take
 * their random numbers from its ProcessPrng and do not start without it. This
 * one passes them on from RtlGenRandom, which is called SystemFunction036.
 * .ci/wine compiles it.
 */

#include <windows.h>

BOOLEAN WINAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
	while (length > 0) {
		ULONG n = length > 0x10000000 ? 0x10000000 : (ULONG)length;
		if (!SystemFunction036(buffer, n))
			return FALSE;
		buffer += n;
		length -= n;
	}
	return TRUE;
}
