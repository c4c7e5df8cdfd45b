// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Sockcat joins standard input and output to a TCP connection, as netcat does,
// with every socket option of package streamsock at hand:
//
//	sockcat [-4|-6] [-v] [-w TIME] [-o NAME=VALUE]... HOST PORT
//	sockcat -l [-4|-6] [-v] [-w TIME] [-o NAME=VALUE]... [HOST] PORT
//	sockcat demo [-file FILE]
//	sockcat options [-6]
//
// Run sockcat -h for what the flags mean, and sockcat demo for what the
// library is about. The exit status is 1 if the network or a file fails, and
// 2 if the command line is wrong.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

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

examples:
  sockcat example.com 80
  sockcat -l -v 8080 > received
  sockcat -o UserTimeout=10s -o TCP_NODELAY=off -v db.example.com 5432
`

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main with all that it depends on. It returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := command(args, stdin, stdout, stderr)
	if err == nil || err == flag.ErrHelp {
		return 0
	}
	fmt.Fprintln(stderr, "sockcat:", strings.ReplaceAll(err.Error(), "\n", " "))
	if isUsage(err) {
		return 2
	}
	return 1
}

func command(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "demo":
			return demo(args[1:], stdout)
		case "options":
			return options(args[1:], stdout)
		}
	}
	return pipe(args, stdin, stdout, stderr)
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
