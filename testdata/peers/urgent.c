// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// urgent is the C program at the other end of a connection in the tests of
// internal/peers. With HOST (a numeric IPv4 address) and PORT it connects;
// without, it listens on loopback, prints its port and accepts one connection.
// Then it does what the lines of its standard input say, and answers each by
// one line:
//
//	send TEXT     send(2)                               ok
//	sendoob TEXT  send(2) with MSG_OOB                  ok
//	inline        SO_OOBINLINE on                       ok
//	wait          poll(2) for POLLPRI                   urgent, or nothing
//	recv N        recv(2) of N bytes with MSG_WAITALL   the bytes
//	recvoob       recv(2) of one byte with MSG_OOB      the byte
//	atmark        sockatmark(3)                         0 or 1
//
// An error is answered by "error" and its number.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE = 20000 }; // milliseconds

static void must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
}

static int dial(const char *host, const char *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(inet_pton(AF_INET, host, &to.sin_addr) - 1, "inet_pton");
	must(connect(fd, (struct sockaddr *)&to, sizeof to), "connect");
	return fd;
}

static int listen_and_accept(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	int fd, l = socket(AF_INET, SOCK_STREAM, 0);

	must(bind(l, (struct sockaddr *)&at, sizeof at), "bind");
	must(listen(l, 1), "listen");
	must(getsockname(l, (struct sockaddr *)&at, &size), "getsockname");
	printf("%d\n", ntohs(at.sin_port));
	fd = accept(l, NULL, NULL);
	must(fd, "accept");
	close(l);
	return fd;
}

// answer prints the bytes, or the error of the call that returned n.
static void answer(ssize_t n, const char *bytes)
{
	if (n < 0)
		printf("error %d\n", errno);
	else
		printf("%.*s\n", (int)n, bytes);
}

static void ok(ssize_t n)
{
	answer(n < 0 ? n : 2, "ok");
}

static void obey(int fd, const char *verb, const char *rest)
{
	char buf[256];
	int on = 1;
	struct pollfd p = {.fd = fd, .events = POLLPRI};

	if (strcmp(verb, "send") == 0)
		ok(send(fd, rest, strlen(rest), MSG_NOSIGNAL));
	else if (strcmp(verb, "sendoob") == 0)
		ok(send(fd, rest, strlen(rest), MSG_NOSIGNAL | MSG_OOB));
	else if (strcmp(verb, "inline") == 0)
		ok(setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on));
	else if (strcmp(verb, "wait") == 0)
		puts(poll(&p, 1, PATIENCE) == 1 && (p.revents & POLLPRI) ? "urgent" : "nothing");
	else if (strcmp(verb, "recv") == 0)
		answer(recv(fd, buf, (size_t)atoi(rest) % sizeof buf, MSG_WAITALL), buf);
	else if (strcmp(verb, "recvoob") == 0)
		answer(recv(fd, buf, 1, MSG_OOB), buf);
	else if (strcmp(verb, "atmark") == 0)
		printf("%d\n", sockatmark(fd));
	else
		printf("no command %s\n", verb);
}

int main(int argc, char **argv)
{
	char line[256];
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	fd = argc == 3 ? dial(argv[1], argv[2]) : listen_and_accept();
	while (fgets(line, sizeof line, stdin)) {
		char *rest;

		line[strcspn(line, "\n")] = 0;
		rest = strchr(line, ' ');
		if (rest)
			*rest++ = 0;
		obey(fd, line, rest ? rest : "");
	}
	close(fd);
	return 0;
}
