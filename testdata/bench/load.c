// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// load KIND CONNECTIONS COUNT is what the servers of internal/cmd/versus serve. It
// is the only client of all of them. KIND is
//
//	echo   sends requests of REQUEST bytes on all connections, which come back
//	http   sends GET requests on all connections
//	relay  has that many idle sessions through a relay, and sends COUNT bytes
//	       through one more
//
// A connection has one request at a time. The protocol with the program that
// started load, which stops after each step until it gets a line:
//
//	load prints the port where it accepts what a relay connects; the line has the
//	  port of the server
//	load has opened the connections, or the idle sessions, and prints "open"
//	load has done a tenth of the work to get warm and prints "warm"
//	load has done the work and prints how many nanoseconds that took
//
// After the last line, or at the end of the input, it exits.

#define _GNU_SOURCE // memfd_create, memmem
#include "bench.h"

#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

enum { REQUEST = 128, PART = 1 << 20, EVENTS = 256 };

struct connection {
	int fd;
	size_t left; // of the response
};

static int port;     // of the server
static int listener; // of what a relay connects

// step prints the result of a step and waits for a line.
static void step(const char *result)
{
	char line[64];

	printf("%s\n", result);
	fflush(stdout);
	if (fgets(line, sizeof line, stdin) == NULL)
		exit(0);
}

// reset_by_close has close reset a socket and returns it, so that no port stays in
// TIME_WAIT.
static int reset_by_close(int fd)
{
	struct linger reset = {1, 0};

	if (fd < 0)
		fail("socket");
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) < 0)
		fail("SO_LINGER");
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return fd;
}

static int connected(void)
{
	struct sockaddr_in to = loopback(port);
	int fd = reset_by_close(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		fail("connect");
	return fd;
}

static void send_all(int fd, const char *p, size_t n)
{
	if (send(fd, p, n, MSG_NOSIGNAL) != (ssize_t)n)
		fail("send");
}

// Requests.

static const char *request;
static size_t request_size, response_size;
static struct connection *connections;
static int set; // the epoll set of the connections

static void ask(struct connection *c)
{
	c->left = response_size;
	send_all(c->fd, request, request_size);
}

// ask_http sets the request and the size of its response, which is always the
// same. The body has REQUEST bytes.
static void ask_http(void)
{
	static char head[4096];
	const char *end = NULL;
	size_t n = 0;
	ssize_t m;
	int fd = connected();

	request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	request_size = strlen(request);
	send_all(fd, request, request_size);
	while (end == NULL || n < (size_t)(end - head) + 4 + REQUEST) {
		if ((m = recv(fd, head + n, sizeof head - n, 0)) <= 0)
			fail("response");
		n += (size_t)m;
		end = memmem(head, n, "\r\n\r\n", 4);
	}
	response_size = n;
	close(fd);
}

static void ask_echo(void)
{
	static char message[REQUEST];

	memset(message, 'x', sizeof message);
	request = message;
	request_size = response_size = sizeof message;
}

static void open_connections(long n)
{
	struct epoll_event e;
	long i;

	connections = calloc((size_t)n, sizeof *connections);
	if (connections == NULL || (set = epoll_create1(EPOLL_CLOEXEC)) < 0)
		fail("open");
	for (i = 0; i < n; i++) {
		connections[i].fd = connected();
		e.events = EPOLLIN;
		e.data.ptr = &connections[i];
		if (epoll_ctl(set, EPOLL_CTL_ADD, connections[i].fd, &e) < 0)
			fail("epoll_ctl");
	}
}

// requests makes so many requests, at most one at a time on each of n connections.
static void requests(long n, long count)
{
	struct epoll_event e[EVENTS];
	static char buffer[4096];
	long asked, done;
	ssize_t m;
	int i, ready;

	for (asked = 0; asked < n && asked < count; asked++)
		ask(&connections[asked]);
	for (done = 0; done < count;) {
		if ((ready = epoll_wait(set, e, EVENTS, -1)) < 0)
			fail("epoll_wait");
		for (i = 0; i < ready; i++) {
			struct connection *c = e[i].data.ptr;

			if ((m = recv(c->fd, buffer, sizeof buffer, 0)) <= 0 || (size_t)m > c->left)
				fail("response");
			if ((c->left -= (size_t)m) > 0)
				continue;
			done++;
			if (asked < count) {
				asked++;
				ask(c);
			}
		}
	}
}

// Relays.

static int from, to; // the ends of the busy session
static int pages;    // a file of PART bytes

// open_session opens a session through the relay, which has a byte go both ways.
static void open_session(int *near, int *far)
{
	char byte = 'x';

	*near = connected();
	*far = reset_by_close(accept(listener, NULL, NULL));
	send_all(*near, &byte, 1);
	if (recv(*far, &byte, 1, 0) != 1)
		fail("session");
	send_all(*far, &byte, 1);
	if (recv(*near, &byte, 1, 0) != 1)
		fail("session");
}

// pour sends bytes without copying them, so that the processor of the load has
// time to spare.
static void *pour(void *count)
{
	long left = *(long *)count;

	while (left > 0) {
		off_t at = 0;
		ssize_t n = sendfile(from, pages, &at, (size_t)(left < PART ? left : PART));

		if (n <= 0)
			fail("sendfile");
		left -= n;
	}
	return NULL;
}

// carry sends so many bytes through the busy session and discards them at its end.
static void carry(long count)
{
	pthread_t pouring;
	ssize_t n;
	long left;

	if (pthread_create(&pouring, NULL, pour, &count) != 0)
		fail("pthread_create");
	for (left = count; left > 0; left -= n)
		if ((n = recv(to, NULL, PART, MSG_TRUNC)) <= 0) // see tcp(7)
			fail("recv");
	pthread_join(pouring, NULL);
}

static void open_busy(void)
{
	char part[4096];
	int i;

	memset(part, 'x', sizeof part);
	if ((pages = memfd_create("pages", MFD_CLOEXEC)) < 0)
		fail("memfd_create");
	for (i = 0; i < PART; i += (int)sizeof part)
		if (write(pages, part, sizeof part) != (ssize_t)sizeof part)
			fail("write");
	open_session(&from, &to);
}

int main(int argc, char **argv)
{
	const char *kind;
	char line[64];
	double start;
	long n, count, i;
	int near, far, relay;

	if (argc != 4) {
		fprintf(stderr, "usage: load echo|http|relay CONNECTIONS COUNT\n");
		return 2;
	}
	kind = argv[1];
	n = atol(argv[2]);
	count = atol(argv[3]);
	relay = strcmp(kind, "relay") == 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	allow_files();
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	listen_on(listener);
	if (fgets(line, sizeof line, stdin) == NULL)
		return 0;
	port = atoi(line);
	if (relay)
		for (i = 0; i < n; i++)
			open_session(&near, &far);
	else {
		if (strcmp(kind, "http") == 0)
			ask_http();
		else
			ask_echo();
		open_connections(n);
	}
	step("open");
	if (relay) {
		open_busy();
		carry(count / 10 + 1);
	} else
		requests(n, n + count / 10);
	step("warm");
	start = now();
	if (relay)
		carry(count);
	else
		requests(n, count);
	snprintf(line, sizeof line, "%.0f", now() - start);
	step(line);
	return 0;
}
