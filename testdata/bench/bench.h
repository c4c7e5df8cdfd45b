// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// bench.h is what the peer, the load and the contestants of internal/cmd/versus
// share.

#ifndef BENCH_H
#define BENCH_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

// What all set on their connections, beside TCP_NODELAY.
#define BUFFER (256 << 10) // SO_SNDBUF and SO_RCVBUF
#define CONGESTION "cubic" // TCP_CONGESTION

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

// now returns the time of CLOCK_MONOTONIC in nanoseconds.
static inline double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

// loopback returns the address of a port of 127.0.0.1.
static inline struct sockaddr_in loopback(int port)
{
	struct sockaddr_in at;

	memset(&at, 0, sizeof at);
	at.sin_family = AF_INET;
	at.sin_port = htons((unsigned short)port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return at;
}

static inline void set_option(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof value) < 0)
		fail("setsockopt");
}

// listen_on listens on a port that the system chooses, and prints it.
static inline void listen_on(int fd)
{
	struct sockaddr_in at = loopback(0);
	socklen_t length = sizeof at;

	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 4096) < 0)
		fail("listen");
	if (getsockname(fd, (struct sockaddr *)&at, &length) < 0)
		fail("getsockname");
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
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
