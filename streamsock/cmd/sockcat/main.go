// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Sockcat joins standard input and output to a TCP connection, as netcat does,
// with every socket option of package streamsock at hand, urgent data, TLS,
// and a view of what the connection does while it is used:
//
//	sockcat [flags] HOST PORT
//	sockcat -l [flags] [HOST] PORT
//	sockcat demo [-file FILE]
//	sockcat options [-6]
//
// Run sockcat -h for what the flags mean, and sockcat demo for what the
// library is about. The exit status is
//
//	0    both directions came to their end, or an escape aborted the connection
//	1    the network or a file failed
//	2    the command line is wrong
//	130  interrupted, as by ^C
//	141  nobody reads standard output any more, as in "sockcat ... | head -1"
//	143  terminated by SIGTERM
//
// In the last three cases, it still writes the report that -report asks for.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"example.com/streamsock/streamsock/sockopt"
)

const help = `usage:
  sockcat [flags] HOST PORT        connect, and join standard input and output
                                   to the connection
  sockcat -l [flags] [HOST] PORT   the same with the first peer that connects
  sockcat demo [-file FILE]        send a file over loopback and back, and show
                                   what became of a dozen socket options
  sockcat options [-6]             list every socket option, with its value on
                                   a fresh socket

The end of standard input is passed on to the peer, and what the peer still
sends comes out. The end of what the peer sends leaves standard input open.
Once both have ended, so does sockcat.

flags:
  -o NAME=VALUE  set a socket option, by its name in package sockopt or in C;
                 may be given again; sockcat options lists the names
  -l             listen; PORT 0 stands for any free port
  -v             tell on standard error what was connected, and what the
                 system made of each -o
  -w TIME        give up if there is no connection after this time, such as 5s
  -4, -6         use IPv4, or IPv6, only
  -i FILE        send this file in place of standard input
  -u             tell each urgent byte of the peer on standard error; it does
                 not come out among the others (of several that come at once,
                 TCP marks only the last)
  -e CHAR        the escape character, which is ~ on a terminal and none
                 elsewhere; "none" for none, ^X for a control character

flags for looking on; all goes to standard error:
  -stat TIME     show a line in this interval: rates, round-trip time,
                 congestion window, retransmits, bytes queued out/in
  -progress      show how much of a file was sent, and the time left
  -report FILE   write a page with plots of the same, for a browser

flags for TLS:
  -tls           use TLS; HOST must be the one of the peer's certificate
  -tls-insecure  take any certificate
  -cert, -key    files with our certificate and its key, for -l or if the peer
                 asks for one

escapes: a line that begins with the escape character and
  uC, u0x21      sends the byte C, or 0x21, as urgent data
  f              half-closes: FIN
  a              aborts: RST
  s              shows the state of the connection
  ?              lists these; the character twice sends it once

status: 0 if all was sent and received or ~a asked to abort, 1 if the network
or a file failed, 2 for a wrong command line, 130 after ^C, 141 if standard
output was closed, 143 after SIGTERM.

examples:
  sockcat example.com 80
  sockcat -l -v 8080 > received
  sockcat -o UserTimeout=10s -o TCP_NODELAY=off -v db.example.com 5432
  sockcat -progress -report page.html -i big.iso 192.0.2.7 9000
  sockcat -tls -stat 1s example.com 443
`

func main() {
	ignoreSIGPIPE()
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		signal.Stop(signals) // so that the second ends the process at once
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
	err := command(ctx, args, stdin, stdout, con)
	if err == nil || err == flag.ErrHelp {
		return 0
	}
	var i interruption
	if errors.As(context.Cause(ctx), &i) {
		return i.status() // whatever it interrupted
	}
	if errors.Is(err, errOutputClosed) {
		return 141 // SIGPIPE, as a shell shows it
	}
	con.tell("sockcat: %s", strings.ReplaceAll(err.Error(), "\n", " "))
	if isUsage(err) {
		return 2
	}
	return 1
}

func command(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer, con *console) error {
	if len(args) > 0 {
		switch args[0] {
		case "demo":
			return demo(ctx, args[1:], output{stdout})
		case "options":
			return options(args[1:], output{stdout})
		}
	}
	return pipe(ctx, args, stdin, stdout, con)
}

// outputError returns the error of standard output for an error of a write to it.
func outputError(err error) error {
	if isBrokenPipe(err) {
		return errOutputClosed
	}
	return err
}

// An output is a standard output whose errors are those of outputError.
type output struct{ w io.Writer }

func (o output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	return n, outputError(err)
}

// A usageError is a mistake in the command line.
type usageError struct {
	command string
	err     error
}

func (e *usageError) Error() string { return fmt.Sprintf("%v (see %s -h)", e.err, e.command) }

func usagef(fs *flag.FlagSet, format string, args ...any) error {
	return &usageError{fs.Name(), fmt.Errorf(format, args...)}
}

// isUsage reports whether err is the fault of the command line. The value of
// an option may turn out to be impossible only when it is applied.
func isUsage(err error) bool {
	var usage *usageError
	var opt *sockopt.Error
	return errors.As(err, &usage) || errors.As(err, &opt) && errors.Is(opt, os.ErrInvalid)
}

// parse parses the flags. If they ask for help, it prints the text and returns
// [flag.ErrHelp].
func parse(fs *flag.FlagSet, args []string, help string, stdout io.Writer) error {
	fs.SetOutput(io.Discard) // run prints the error, in one line
	switch err := fs.Parse(args); err {
	case nil:
		return nil
	case flag.ErrHelp:
		io.WriteString(stdout, help)
		return err
	default:
		return usagef(fs, "%w", err)
	}
}
