// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestServers exchanges bytes with each server in Go, which is this test binary.
func TestServers(t *testing.T) {
	for name := range serves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind, _, _ := strings.Cut(name, " ")
			target := ""
			if kind == "relay" {
				target = startSelf(t, "echo net", "")
			}
			port := startSelf(t, name, target)
			if kind == "http" {
				wantBody(t, "http://"+loopback(port))
				return
			}
			for range 3 {
				wantEcho(t, loopback(port))
			}
		})
	}
}

// startSelf starts this test binary as a server, and returns its port once it
// listens.
func startSelf(t *testing.T, name, target string) (port string) {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	binary, err := os.Executable()
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	served, err := startServing(exec.CommandContext(ctx, binary, name, port, target))
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); <-served.ended })
	if err := served.listens(ctx, port); err != nil {
		t.Fatal(err)
	}
	return port
}

// wantEcho has a server send back a request, and bytes of two buffers.
func wantEcho(t *testing.T, address string) {
	t.Helper()
	c, err := net.Dial("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	for _, size := range []int{requestSize, 2 * bufferSize} {
		request := strings.Repeat("a", size-1) + "z"
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		response := make([]byte, size)
		if _, err := io.ReadFull(c, response); err != nil {
			t.Fatal(err)
		}
		if string(response) != request {
			t.Errorf("the response to %d bytes differs from the request", size)
		}
	}
}

func wantBody(t *testing.T, url string) {
	t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); len(body) != requestSize || err != nil {
		t.Errorf("read %d bytes, %v, want %d", len(body), err, requestSize)
	}
}

// TestProcess checks what is asked of the kernel about a process.
func TestProcess(t *testing.T) {
	l, err := net.Listen("tcp4", loopback("0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Skip("no table of sockets: ", err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if !isListening(string(table), port) || isListening(string(table), "0") {
		t.Errorf("port %s does not listen in\n%s", port, table)
	}

	before, err := descriptors(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	after, err := descriptors(os.Getpid())
	f.Close()
	if err != nil || after != before+1 {
		t.Errorf("%d descriptors after %d, %v, want one more", after, before, err)
	}

	start, err := processorTime(os.Getpid())
	if err != nil {
		t.Skip("no times of threads: ", err)
	}
	for busy := time.Now(); time.Since(busy) < 20*time.Millisecond; {
	}
	if end, err := processorTime(os.Getpid()); err != nil || end < start {
		t.Errorf("processor time %v after %v, %v", end, start, err)
	}
}
