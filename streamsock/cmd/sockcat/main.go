// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Sockcat is a netcat with the full socket API. It connects standard input and output to
// a TCP connection or a Unix socket. It can set and print socket options, send and report
// urgent data, use TLS, test ports, relay connections, and print statistics of the
// connection while it is used.
//
// Usage:
//
//	sockcat [FLAGS] HOST PORT
//	sockcat -l [FLAGS] [HOST] PORT
//	sockcat -z [FLAGS] HOST PORT...
//	sockcat relay [FLAGS] LISTEN TARGET
//	sockcat demo [FLAGS]
//	sockcat options [FLAGS]
//	sockcat help [FLAGS] [COMMAND]
//	sockcat version
//
// "sockcat help" prints the flags, and "sockcat demo" is a tour of the library. For
// example, this connects with two socket options and prints statistics every second:
//
//	sockcat --stat 1 -o UserTimeout=10s -o NoDelay=off db.example.com 5432
//
// The exit status is:
//
//	0    all was sent and received, ~a aborted the connection, or a port of -z is
//	     open
//	1    the network or a file failed
//	2    the command line is wrong
//	130  interrupted, for example with ^C
//	141  standard output was closed, as in "sockcat ... | head -1"
//	143  terminated by SIGTERM
//
// With status 130, 141 and 143, the report of --report is still written.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"example.com/streamsock/streamsock/sockopt"
)

func main() {
	ignoreSIGPIPE()
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		signal.Stop(signals) // so that the second ends the process immediately
		cancel(interruption{s})
	}()
	os.Exit(runContext(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// An interruption is the error of a context that ended by a signal.
type interruption struct{ signal os.Signal }

func (i interruption) Error() string { return i.signal.String() }

// status is the exit status of a process that the signal ended, as a shell
// shows it.
func (i interruption) status() int {
	if i.signal == os.Interrupt {
		return 130
	}
	return 143 // SIGTERM
}

// runContext is main with all that it depends on. It returns the exit status.
func runContext(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	con := newConsole(stderr)
	err := runCommand(ctx, args, stdin, stdout, con)
	if err == nil || err == errHelp || err == errVersion {
		return 0
	}
	var i interruption
	if errors.As(context.Cause(ctx), &i) {
		return i.status() // whatever it interrupted
	}
	if errors.Is(err, errOutputClosed) {
		return 141 // SIGPIPE, as a shell shows it
	}
	con.print("sockcat: %s", strings.ReplaceAll(explain(err).Error(), "\n", " "))
	if isUsage(err) {
		return 2
	}
	return 1
}

func runCommand(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer, con *console) error {
	if len(args) == 0 {
		return pipe(ctx, args, stdin, stdout, con)
	}
	switch args[0] {
	case "demo":
		return demo(ctx, args[1:], output{stdout})
	case "help":
		return helpCommand(args[1:], output{stdout})
	case "options":
		return options(args[1:], output{stdout})
	case "relay":
		return relayCommand(ctx, args[1:], output{stdout}, con)
	case "version":
		_, err := fmt.Fprintln(output{stdout}, version())
		return err
	}
	return pipe(ctx, args, stdin, stdout, con)
}

// commands returns the descriptions of all commands.
func commands() []*command {
	return []*command{
		new(target).command(),
		newRelay(nil).command(),
		new(demoFlags).command(),
		new(optionsFlags).command(),
		new(helpFlags).command(),
	}
}

// version returns the version of the module and of Go.
func version() string {
	v := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	return fmt.Sprintf("sockcat %s %s %s/%s", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// outputError returns the error of standard output for an error of a write to it.
func outputError(err error) error {
	if isBrokenPipe(err) {
		return errOutputClosed
	}
	return err
}

// An output is a standard output that returns the errors of outputError.
type output struct{ w io.Writer }

func (o output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	return n, outputError(err)
}

// isUsage reports whether err is the fault of the command line. The value of
// an option may turn out to be impossible only when it is applied.
func isUsage(err error) bool {
	var usage *usageError
	var opt *sockopt.Error
	return errors.As(err, &usage) || errors.As(err, &opt) && errors.Is(opt, os.ErrInvalid)
}
