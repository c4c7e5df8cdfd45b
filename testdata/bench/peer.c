// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// peer KIND is the other end of all contestants of internal/cmd/versus. It
// prints its port and serves one connection after the other, or with hold all at
// once, until it is killed or whoever started it is gone. KIND is
//
//	echo    sends back what comes
//	sink    throws away what comes, and closes at the end
//	urgent  answers an urgent byte by an urgent byte
//	hold    keeps connections until the first of them ends, then closes all

#define _GNU_SOURCE // POLLRDHUP
#include "bench.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static char buffer[256 << 10];

static int listen_here(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	set_option(fd, SOL_SOCKET, SO_RCVBUF, BUFFER); // connections inherit them
	set_option(fd, SOL_SOCKET, SO_SNDBUF, BUFFER);
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, CONGESTION, strlen(CONGESTION)) < 0)
		fail("TCP_CONGESTION");
	listen_on(fd);
	return fd;
}

// A contestant may end a connection in any way: no error of it is one of ours.

static void echo(int fd)
{
	ssize_t n, done, m;

	while ((n = recv(fd, buffer, sizeof buffer, 0)) > 0)
		for (done = 0; done < n; done += m)
			if ((m = send(fd, buffer + done, (size_t)(n - done), MSG_NOSIGNAL)) < 0)
				return;
}

static void sink(int fd)
{
	while (recv(fd, buffer, sizeof buffer, 0) > 0)
		;
}

static void urgent(int fd)
{
	struct pollfd p = {fd, POLLPRI | POLLRDHUP, 0};
	char byte;

	for (;;) {
		if (poll(&p, 1, -1) < 0)
			fail("poll");
		if (!(p.revents & POLLPRI))
			return;
		if (recv(fd, &byte, 1, MSG_OOB) != 1 || send(fd, &byte, 1, MSG_OOB | MSG_NOSIGNAL) != 1)
			return;
	}
}

static void hold(int listener)
{
	static int held[1 << 16];
	struct pollfd p[2] = {{listener, POLLIN, 0}, {-1, POLLIN, 0}};
	int n = 0;

	for (;;) {
		if (poll(p, 2, -1) < 0)
			fail("poll");
		if (p[1].revents != 0) {
			while (n > 0)
				close(held[--n]);
			p[1].fd = -1;
		}
		if (p[0].revents == 0)
			continue;
		if (n == (int)(sizeof held / sizeof *held) || (held[n] = accept(listener, NULL, NULL)) < 0)
			fail("accept");
		p[1].fd = held[0];
		n++;
	}
}

int main(int argc, char **argv)
{
	void (*serve)(int) = NULL;
	const char *kind = argc == 2 ? argv[1] : "";
	int listener, fd;

	if (strcmp(kind, "echo") == 0)
		serve = echo;
	else if (strcmp(kind, "sink") == 0)
		serve = sink;
	else if (strcmp(kind, "urgent") == 0)
		serve = urgent;
	else if (strcmp(kind, "hold") != 0) {
		fprintf(stderr, "usage: peer echo|sink|urgent|hold\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	allow_files();
	listener = listen_here();
	if (serve == NULL)
		hold(listener);
	for (;;) {
		if ((fd = accept(listener, NULL, NULL)) < 0)
			fail("accept");
		set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
		serve(fd);
		close(fd);
	}
}
