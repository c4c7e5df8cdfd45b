// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// client is the contestant of internal/cmd/versus in C: see contestant.h. Its
// sockets block, which is the cheapest way to wait for one connection. Compiled
// with EPOLL defined, they do not: it asks the socket first and waits by epoll
// if it has to, edge-triggered, as Go's runtime does.

#include "contestant.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int fd;  // the connection
static int set; // of idle connections, or with EPOLL of the one

static int open_socket(void)
{
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s < 0)
		fail("socket");
	return s;
}

static void connect_to(int s, int port)
{
	struct sockaddr_in to = loopback(port);

	if (connect(s, (struct sockaddr *)&to, sizeof to) < 0)
		fail("connect");
	set_option(s, IPPROTO_TCP, TCP_NODELAY, 1);
}

static void watch(int s, unsigned events)
{
	struct epoll_event e;

	if (set == 0 && (set = epoll_create1(EPOLL_CLOEXEC)) < 0)
		fail("epoll_create1");
	e.events = events;
	e.data.fd = s;
	if (epoll_ctl(set, EPOLL_CTL_ADD, s, &e) < 0)
		fail("epoll_ctl");
}

static void dial(int port)
{
	fd = open_socket();
	set_option(fd, SOL_SOCKET, SO_RCVBUF, BUFFER);
	set_option(fd, SOL_SOCKET, SO_SNDBUF, BUFFER);
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, CONGESTION, strlen(CONGESTION)) < 0)
		fail("TCP_CONGESTION");
	connect_to(fd, port);
#ifdef EPOLL
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		fail("O_NONBLOCK");
	watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
#endif
}

// again tells whether a call that did not succeed is worth another try, which a
// blocking one never is: no signal comes. It waits until something has changed.
static int again(void)
{
#ifdef EPOLL
	struct epoll_event e;

	if (errno == EAGAIN && epoll_wait(set, &e, 1, -1) == 1)
		return 1;
#endif
	return 0;
}

static void send_message(void)
{
	const char *p = message;
	int left = size;

	while (left > 0) {
		ssize_t n = send(fd, p, (size_t)left, MSG_NOSIGNAL);
		if (n < 0 && !again())
			fail("send");
		if (n > 0) {
			p += n;
			left -= (int)n;
		}
	}
}

static void receive_message(void)
{
	char *p = message;
	int left = size;

	while (left > 0) {
		ssize_t n = recv(fd, p, (size_t)left, 0);
		if (n == 0 || (n < 0 && !again()))
			fail("recv");
		if (n > 0) {
			p += n;
			left -= (int)n;
		}
	}
}

static void ping(void)
{
	send_message();
	receive_message();
}

static void send_slices(void)
{
	struct iovec iov[SLICES], *v = iov;
	int i, left = SLICES;

	for (i = 0; i < SLICES; i++) {
		iov[i].iov_base = slices[i];
		iov[i].iov_len = SLICE;
	}
	while (left > 0) {
		ssize_t n = writev(fd, v, left);
		if (n < 0 && !again())
			fail("writev");
		if (n < 0)
			continue;
		for (; left > 0 && (size_t)n >= v->iov_len; v++, left--)
			n -= (ssize_t)v->iov_len;
		if (left > 0) {
			v->iov_base = (char *)v->iov_base + n;
			v->iov_len -= (size_t)n;
		}
	}
}

static void end(void)
{
	char byte;
	ssize_t n;

	if (shutdown(fd, SHUT_WR) < 0)
		fail("shutdown");
	while ((n = recv(fd, &byte, 1, 0)) != 0)
		if (n > 0 || !again())
			fail("recv at the end");
}

#ifndef EPOLL

static void get(void)
{
	int on = 0;
	socklen_t length = sizeof on;

	if (getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &length) < 0 || !on)
		fail("getsockopt");
}

static void set_no_delay(void) { set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

static void urgent(void)
{
	struct pollfd p = {fd, POLLPRI, 0};
	char byte = '!';

	if (send(fd, &byte, 1, MSG_OOB | MSG_NOSIGNAL) != 1)
		fail("send urgent");
	if (poll(&p, 1, -1) != 1 || recv(fd, &byte, 1, MSG_OOB) != 1)
		fail("recv urgent");
}

// connected returns a connection that close resets.
static int connected(int port)
{
	struct linger reset = {1, 0};
	int s = open_socket();

	connect_to(s, port);
	if (setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) < 0)
		fail("SO_LINGER");
	return s;
}

static void connect_and_reset(int port) { close(connected(port)); }

static void send_file(void)
{
	static int file = -1;
	static struct stat st;
	off_t at = 0;

	if (file < 0 && ((file = open(getenv(FILE_VARIABLE), O_RDONLY | O_CLOEXEC)) < 0 || fstat(file, &st) < 0))
		fail("file");
	while (at < st.st_size)
		if (sendfile(fd, file, &at, (size_t)(st.st_size - at)) <= 0)
			fail("sendfile");
}

static void idle(int port) { watch(connected(port), EPOLLIN); }

#endif

int main(int argc, char **argv)
{
	static const struct contestant c = {
		.version = "gcc " __VERSION__,
		.dial = dial,
		.end = end,
		.ping = ping,
		.write = send_message,
		.writev = send_slices,
#ifndef EPOLL
		.get = get,
		.set = set_no_delay,
		.urgent = urgent,
		.connect = connect_and_reset,
		.idle = idle,
		.file = send_file,
#endif
	};
	return run(argc, argv, &c);
}
