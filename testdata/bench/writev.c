// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// writev HOST PORT is the yardstick of BenchmarkBytes/writev: for each number N
// that it reads it does N times writev(2) of 16 x 1 KiB on one blocking
// connection, and prints how many nanoseconds one took, and how many of the
// processor. HOST is a numeric IPv4 address.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// The slices are GAP apart, as those of the Go program are.
enum { SLICES = 16, SIZE = 1024, GAP = 64 };

static char bytes[SLICES][SIZE + GAP];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int dial(const char *host, const char *port)
{
	struct sockaddr_in to;
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&to, 0, sizeof to);
	to.sin_family = AF_INET;
	to.sin_port = htons((unsigned short)atoi(port));
	if (inet_pton(AF_INET, host, &to.sin_addr) != 1) {
		fprintf(stderr, "no address: %s\n", host);
		exit(1);
	}
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		fail("connect");
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
		fail("TCP_NODELAY");
#ifdef TCP_CONGESTION
	// No harm if the system lacks it: the other side goes without it too.
	(void)!setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
#endif
	return fd;
}

// send_all writes all slices. A blocking socket takes them at once unless a
// signal comes; the rest is for that case.
static void send_all(int fd)
{
	struct iovec iov[SLICES], *v = iov;
	int i, left = SLICES;

	for (i = 0; i < SLICES; i++) {
		iov[i].iov_base = bytes[i];
		iov[i].iov_len = SIZE;
	}
	while (left > 0) {
		ssize_t n = writev(fd, v, left);
		if (n < 0)
			fail("writev");
		while (left > 0 && (size_t)n >= v->iov_len) {
			n -= (ssize_t)v->iov_len;
			v++;
			left--;
		}
		if (left > 0) {
			v->iov_base = (char *)v->iov_base + n;
			v->iov_len -= (size_t)n;
		}
	}
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
	long i, n;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: writev HOST PORT\n");
		return 2;
	}
	memset(bytes, 'x', sizeof bytes); // else it would all be one page of zeros
	fd = dial(argv[1], argv[2]);
	while (scanf("%ld", &n) == 1) {
		double cpu = now(CLOCK_PROCESS_CPUTIME_ID), start = now(CLOCK_MONOTONIC);
		for (i = 0; i < n; i++)
			send_all(fd);
		printf("%.1f", (now(CLOCK_MONOTONIC) - start) / (double)n);
		printf(" %.1f\n", (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)n);
		fflush(stdout);
	}
	close(fd);
	return 0;
}
