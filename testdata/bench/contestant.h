// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// contestant.h is what the contestants of internal/cmd/versus in C and C++ share:
// the loop around each work, and the clock. internal/cmd/versus/contestant.go is
// the same in Go.
//
//	PROGRAM WORK COUNT SIZE PORT
//
// does a piece of work COUNT times, with messages of SIZE bytes, to the peer on
// a port of 127.0.0.1, and prints its figures. PROGRAM alone prints what it is.

#ifndef CONTESTANT_H
#define CONTESTANT_H

#include "bench.h"

#define FILE_VARIABLE "STREAMSOCK_VERSUS_FILE" // the name of the file that the work file sends

// The slices of the work writev are GAP apart, as slices are that have come
// from here and there.
enum { SLICES = 16, SLICE = 1024, GAP = 64, MOST = 64 << 10 };

static char message[MOST];
static int size; // of a message
static char slices[SLICES][SLICE + GAP];

// A contestant does each work once. A function that is null is a work that it
// cannot do.
struct contestant {
	const char *version;
	void (*dial)(int port);    // opens the connection of the works from ping to urgent
	void (*end)(void);         // ends our side and waits until the peer has all and ends its own
	void (*ping)(void);        // sends the message and reads its echo
	void (*write)(void);       // sends the message
	void (*writev)(void);      // sends the slices
	void (*get)(void);         // asks for TCP_NODELAY
	void (*set)(void);         // sets TCP_NODELAY
	void (*urgent)(void);      // sends an urgent byte and waits for one
	void (*connect)(int port); // connects, sets TCP_NODELAY and SO_LINGER, by which it resets the connection
	void (*idle)(int port);    // opens one more such connection and waits for bytes on it beside the others
	void (*file)(void);        // sends the whole file that the environment variable FILE_VARIABLE names
};

// warm is how many times a work is done before the clock starts.
static long warm(long count) { return count / 10 + 1; }

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// latency prints how many nanoseconds a round took in the middle, and how many
// 99 of 100 did not exceed.
static void latency(void (*op)(void), long count)
{
	double *took = (double *)malloc((size_t)count * sizeof *took), last, at;
	long i;

	if (took == NULL)
		fail("malloc");
	memset(took, 0, (size_t)count * sizeof *took); // so that it is there
	for (i = 0; i < warm(count); i++)
		op();
	last = now();
	for (i = 0; i < count; i++, last = at) {
		op();
		at = now();
		took[i] = at - last;
	}
	qsort(took, (size_t)count, sizeof *took, order);
	printf("%.0f %.0f\n", took[count / 2], took[count * 99 / 100]);
	free(took);
}

// rate prints how many nanoseconds one took, and what comes at the end.
static void rate(void (*op)(void), long count, void (*end)(void))
{
	double start;
	long i;

	for (i = 0; i < warm(count); i++)
		op();
	start = now();
	for (i = 0; i < count; i++)
		op();
	if (end != NULL)
		end();
	printf("%.1f\n", (now() - start) / (double)count);
}

static void connects(void (*op)(int), long count, int port)
{
	double start;
	long i;

	for (i = 0; i < warm(count); i++)
		op(port);
	start = now();
	for (i = 0; i < count; i++)
		op(port);
	printf("%.1f\n", (now() - start) / (double)count);
}

// resident returns how much memory the process has: see proc_pid_smaps(5).
static double resident(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	double kib = -1;

	if (f == NULL)
		fail("smaps_rollup");
	while (fgets(line, sizeof line, f) != NULL && sscanf(line, "Rss: %lf", &kib) != 1)
		;
	fclose(f);
	if (kib < 0)
		fail("smaps_rollup: no Rss");
	return 1024 * kib;
}

// idles prints how many bytes a connection takes in the process.
static void idles(void (*op)(int), long count, int port)
{
	double before;
	long i;

	allow_files();
	op(port);
	before = resident();
	for (i = 0; i < count; i++)
		op(port);
	printf("%.0f\n", (resident() - before) / (double)count);
}

static int run(int argc, char **argv, const struct contestant *c)
{
	const char *work;
	long count;
	int port;

	if (argc == 1) {
		printf("%s\n", c->version);
		return 0;
	}
	if (argc != 5) {
		fprintf(stderr, "usage: %s [WORK COUNT SIZE PORT]\n", argv[0]);
		return 2;
	}
	work = argv[1];
	count = atol(argv[2]);
	size = atoi(argv[3]);
	port = atoi(argv[4]);
	if (count < 1 || size < 0 || size > MOST) {
		fprintf(stderr, "bad count or size\n");
		return 2;
	}
	memset(message, 'x', sizeof message); // else it would all be one page of zeros
	memset(slices, 'x', sizeof slices);

	if (strcmp(work, "connect") == 0 && c->connect != NULL) {
		connects(c->connect, count, port);
		return 0;
	}
	if (strcmp(work, "idle") == 0 && c->idle != NULL) {
		idles(c->idle, count, port);
		return 0;
	}
	c->dial(port);
	if (strcmp(work, "ping") == 0)
		latency(c->ping, count);
	else if (strcmp(work, "urgent") == 0 && c->urgent != NULL)
		latency(c->urgent, count);
	else if (strcmp(work, "write") == 0 || strcmp(work, "send") == 0) // two calls in Go
		rate(c->write, count, c->end);
	else if (strcmp(work, "writev") == 0)
		rate(c->writev, count, c->end);
	else if (strcmp(work, "file") == 0 && c->file != NULL)
		rate(c->file, count, c->end);
	else if (strcmp(work, "get") == 0 && c->get != NULL)
		rate(c->get, count, NULL);
	else if (strcmp(work, "set") == 0 && c->set != NULL)
		rate(c->set, count, NULL);
	else {
		fprintf(stderr, "no work %s\n", work);
		return 2;
	}
	return 0;
}

#endif
