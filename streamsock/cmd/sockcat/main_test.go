// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"net"
	"os"
	"runtime"
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
var onWine = strings.HasPrefix(os.Getenv("STREAMSOCK_EMULATOR"), "wine")

func TestHelp(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-h", "examples:"},
		{"--help", "examples:"},
		{"-help", "examples:"},
		{"localhost 80 -lvh", "examples:"},
		{"help", "examples:"},
		{"demo -h", "\n  sockcat demo "},
		{"relay -h", "\n  sockcat relay "},
		{"help --help", "\n  sockcat help "},
		{"help relay", "\n  sockcat relay "},
		{"help demo", "\n  sockcat demo "},
		{"options --help", "\n  sockcat options "},
		{"version", " " + runtime.GOOS + "/"},
		{"-v --version", " " + runtime.GOOS + "/"},
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
		{"", "expected HOST PORT"},
		{"localhost", "expected HOST PORT"},
		{"localhost 1 2", "expected HOST PORT"},
		{"localhost 1 2 -v", "expected HOST PORT"},
		{"::1", "expected HOST PORT"},
		{":80", "expected HOST PORT"},
		{"localhost:", "expected HOST PORT"},
		{"-l", "expected PORT"},
		{"-l 1 2 3", "expected PORT"},
		{"-l ::1", "expected PORT"},
		{"localhost 65536", "65536"},
		{"localhost:65536", "65536"},
		{"localhost no-such-service", "no-such-service"},
		{"-o", "-o needs an argument: NAME=VALUE"},
		{"-o NoDelay localhost 1", "must be NAME=VALUE"},
		{"-o NoSuchOption=1 localhost 1", "NoSuchOption"},
		{"-o NoDelay=maybe localhost 1", "(must be on or off) (see sockcat --help)"},
		{"-o UserTimeout=10 localhost 1", "UserTimeout"},
		{"-o Type=1 localhost 1", "read-only"},
		{"-o HopLimit=999 127.0.0.1 1", "HopLimit"}, // found when it is applied
		{"-l -o HopLimit=x 0", "HopLimit"},
		{"-w soon localhost 1", "soon"},
		{"-w -1s localhost 1", "must be more than 0"},
		{"-w0 localhost 1", "must be more than 0"},
		{"-4 -6 localhost 1", "-4 and -6"},
		{"-k localhost 1", "-k requires -l"},
		{"-lk --stat 1 0", "mutually exclusive"},
		{"-lz 0", "mutually exclusive"},
		{"-4U path", "mutually exclusive"},
		{"-U", "expected PATH"},
		{"-lU host 1", "expected PATH"},
		{"-n localhost 1", `"localhost" is not an address`},
		{"-n 127.0.0.1 http", `"http" is not a number`},
		{"-n -s localhost 127.0.0.1 1", `"localhost" is not an address`},
		{"-n -p http 127.0.0.1 1", `"http" is not a number`},
		{"-z 127.0.0.1 9-1", "empty"},
		{"-z 127.0.0.1 1-x", "x"},
		{"-l -p 1 -s 127.0.0.1 2", "expected one HOST and one PORT"},
		{"-s no..such..host localhost 1", "no..such..host"},
		{"--rate fast localhost 1", "bytes per second"},
		{"-q soon localhost 1", "soon"},
		{"--max-conns 0 -lk 1", "must be more than 0"},
		{"--send-only --recv-only localhost 1", "mutually exclusive"},
		{"-46 localhost 1", "-4 and -6"},
		{"--escape ab localhost 1", "single character"},
		{"--stat soon localhost 1", "soon"},
		{"--stat=-1s localhost 1", "must be more than 0"},
		{"--stat 1 --stat-format xml localhost 1", "must be one of text, json, csv"},
		{"--urgent --tls localhost 1", "mutually exclusive"},
		{"--tls-insecure localhost 1", "need --tls"},
		{"--cert x --key y localhost 1", "need --tls"},
		{"--tls --cert x localhost 1", "need each other"},
		{"--tls -l 0", "--cert and --key"},
		{"--tls --tls-insecure --cert x --key y -l 0", "--tls-insecure"},
		{"--ca x localhost 1", "need --tls"},
		{"--tls-min 1.4 --tls localhost 1", "1.3"},
		{"--starttls gopher localhost 1", "smtp"},
		{"--starttls smtp -l --cert x --key y 1", "not for a server"},
		{"--tls --client-ca x localhost 1", "--client-ca is for a server"},
		{"-U --tls path", "--servername"},
		{"--tls=yes localhost 1", "--tls has no argument"},
		{"--report", "--report needs an argument: FILE"},
		{"--repotr x localhost 1", "did you mean --report?"},
		{"--no-such-flag localhost 1", "unknown flag --no-such-flag (see"},
		{"-j localhost 1", "unknown flag -j"},
		{"-tls localhost 1", "-tls has two dashes now: --tls"},
		{"-stat 1s localhost 1", "--stat"},
		{"-report=page.html localhost 1", "--report"},
		{"-vu localhost 1", "-u: UDP in nc"},
		{"-i 1 localhost 1", "--input"},
		{"-e /bin/sh localhost 1", "sockcat runs none"},
		{"--exec x localhost 1", "sockcat runs none"},
		{"-x localhost:1 localhost 1", "-x: a proxy in one nc"},
		{"demo here", "here"},
		{"demo -x", "-x"},
		{"demo --file", "--file"},
		{"demo -file x", "--file"},
		{"options no-such-option", "no-such-option"},
		{"options a b", "b"},
		{"options -x", "-x"},
		{"relay", "expected LISTEN TARGET"},
		{"relay 1 2", "expected HOST PORT or HOST:PORT"},
		{"relay 1 host:2 3", "expected LISTEN TARGET"},
		{"relay -46 1 host:2", "mutually exclusive"},
		{"relay --listen-tls 1 host:2", "--listen-tls of a server needs --listen-cert and --listen-key"},
		{"relay --target-ca x 1 host:2", "need --target-tls"},
		{"relay --target-tls 1 unix:x", "needs --target-servername or --target-tls-insecure"},
		{"relay --urgent --target-tls 1 host:2", "without TLS"},
		{"relay --urgent unix:x host:2", "TCP"},
		{"relay -o NoDelay=maybe 1 host:2", "maybe"},
		{"relay --idle never 1 host:2", "never"},
		{"help --completion fish", "must be one of bash, zsh"},
		{"help me", `no help for "me"`},
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
		{"--input /no/such/file localhost 1", "/no/such/file"},
		{"--tls --cert /no/such/file --key x localhost 1", "/no/such/file"},
		{"--tls --ca /no/such/file localhost 1", "/no/such/file"},
		{"--tls --ca main_test.go localhost 1", "no certificates"},
		{"demo --file /no/such/file", "/no/such/file"},
		{"demo --file /", "not a regular file"},
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

// withoutAddress removes the line "listening on" before an error.
func withoutAddress(stderr string) string {
	if strings.HasPrefix(stderr, "listening on ") {
		_, stderr, _ = strings.Cut(stderr, "\n")
	}
	return stderr
}
