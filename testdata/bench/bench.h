// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// bench.h is what the peer and the contestants of internal/cmd/versus share.

#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

// What all set on their connections, beside TCP_NODELAY.
#define BUFFER (256 << 10) // SO_SNDBUF and SO_RCVBUF
#define CONGESTION "cubic" // TCP_CONGESTION

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

// allow_files lets the process open as many files as it may.
static inline void allow_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		fail("getrlimit");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		fail("setrlimit");
}

#endif
