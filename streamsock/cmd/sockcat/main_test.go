// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"net"
	"os"
	"strings"
	"testing"

	"example.com/streamsock/internal/testnet"
)

// asSockcat is set in the environment of a process that is sockcat, and not its
// tests.
const asSockcat = "SOCKCAT_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asSockcat) != "" {
		main()
	}
	testnet.Main(m)
}

// onWine says that wine runs the tests, see .ci/wine.
var onWine = os.Getenv("STREAMSOCK_EMULATOR") == "wine"

func TestHelp(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-h", "examples:"},
		{"-help", "examples:"},
		{"-l -h", "examples:"},
		{"demo -h", "usage: sockcat demo"},
		{"options -h", "usage: sockcat options"},
	} {
		status, stdout, stderr := sockcat(strings.Fields(tt.args)...)
		if status != 0 || !strings.Contains(stdout, tt.want) || stderr != "" {
			t.Errorf("sockcat %s: status %d, stdout %q, stderr %q", tt.args, status, stdout, stderr)
		}
		for line := range strings.Lines(stdout) {
			if len(line) > 80 {
				t.Errorf("sockcat %s: wider than a terminal: %q", tt.args, line)
			}
		}
	}
}

func TestUsageErrors(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"", "want HOST PORT"},
		{"localhost", "want HOST PORT"},
		{"localhost 1 2", "want HOST PORT"},
		{"localhost 1 -v", "want HOST PORT"},
		{"-l", "want PORT"},
		{"-l 1 2 3", "want PORT"},
		{"localhost 65536", "65536"},
		{"localhost no-such-service", "no-such-service"},
		{"-x localhost 1", "-x"},
		{"-o", "-o"},
		{"-o NoDelay localhost 1", "want NAME=VALUE"},
		{"-o NoSuchOption=1 localhost 1", "NoSuchOption"},
		{"-o NoDelay=maybe localhost 1", "maybe"},
		{"-o UserTimeout=10 localhost 1", "UserTimeout"},
		{"-o Type=1 localhost 1", "read-only"},
		{"-o HopLimit=999 127.0.0.1 1", "HopLimit"}, // found when it is applied
		{"-l -o HopLimit=x 0", "HopLimit"},
		{"-w soon localhost 1", "soon"},
		{"-w -1s localhost 1", "negative"},
		{"-4 -6 localhost 1", "-4 and -6"},
		{"-e ab localhost 1", "one character"},
		{"-stat soon localhost 1", "soon"},
		{"-stat -1s localhost 1", "negative"},
		{"-u -tls localhost 1", "exclude"},
		{"-tls-insecure localhost 1", "need -tls"},
		{"-cert x -key y localhost 1", "need -tls"},
		{"-tls -cert x localhost 1", "need each other"},
		{"-tls -l 0", "-cert and -key"},
		{"-tls -tls-insecure -cert x -key y -l 0", "-tls-insecure"},
		{"demo here", "here"},
		{"demo -x", "-x"},
		{"demo -file", "-file"},
		{"options all", "all"},
		{"options -x", "-x"},
	} {
		checkFailure(t, tt.args, 2, tt.want)
	}
}

func TestNetworkErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	taken := strings.Replace(l.Addr().String(), ":", " ", 1)
	for _, tt := range []struct{ args, want string }{
		{"no..such..host 80", "no..such..host"}, // refused without a name server
		{"no\n..host 80", "no"},                 // in one line
		{"-l " + taken, "listen"},
		{"-l -w 1ms 127.0.0.1 0", "timeout"},
		{"-4 ::1 80", "::1"},
		{"-i /no/such/file localhost 1", "/no/such/file"},
		{"-tls -cert /no/such/file -key x localhost 1", "/no/such/file"},
		{"demo -file /no/such/file", "/no/such/file"},
		{"demo -file /", "not a regular file"},
	} {
		checkFailure(t, tt.args, 1, tt.want)
	}
}

func TestRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	checkFailure(t, host+" "+port, 1, "refused")
}

// withoutAddress cuts the line "listening on" that comes before an error.
func withoutAddress(stderr string) string {
	if strings.HasPrefix(stderr, "listening on ") {
		_, stderr, _ = strings.Cut(stderr, "\n")
	}
	return stderr
}
