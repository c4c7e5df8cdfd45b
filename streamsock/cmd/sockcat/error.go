// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import "errors"

// errHelp and errVersion are returned for --help and --version.
var (
	errHelp    = errors.New("help")
	errVersion = errors.New("version")
)

// errAborted is returned when an escape has reset the connection.
var errAborted = errors.New("aborted")

// errOutputClosed is returned when nobody reads the standard output any
// more, such as that of "sockcat ... | head -1". It is quiet, as that of cat.
var errOutputClosed = errors.New("standard output is closed")

// errNotPositive is the error of a time or a number that must be more than 0.
var errNotPositive = errors.New("must be more than 0")

// errEmpty is the error of a name that is empty, as of a variable that is not set.
var errEmpty = errors.New("must not be empty")

var errTooLong = errors.New("the server's reply is too long")

var errNotTCP = errors.New("not a connection of TCP")

var errUrgentTLS = errors.New("urgent data would not be part of the TLS stream, and is not sent")
