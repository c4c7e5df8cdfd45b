// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// TestLoopServer has as many clients as the limit of descriptors allows, 1,000
// at most, send lines in pieces and reset connections, while a worker is slow.
// When the server ends, each remaining connection receives its reply and the
// final line.
func TestLoopServer(t *testing.T) {
	processors(t, 4)
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	var answered atomic.Int64
	server := &loopServer{Workers: 3, Answer: func(line []byte) []byte {
		if bytes.Equal(line, []byte("slow")) {
			time.Sleep(10 * time.Millisecond)
		}
		answered.Add(1)
		return bytes.ToUpper(line)
	}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	served := doing(func() error { return server.Serve(ctx, l) })

	clients := make([]*streamsock.Conn, testnet.Descriptors(2*1000)/2)
	for i := range clients {
		clients[i] = dialTo(t, l)
	}
	var all sync.WaitGroup
	const together = 50
	slots := make(chan struct{}, together)
	for i, c := range clients {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			r := bufio.NewReader(c)
			for round := range 4 {
				line := fmt.Sprintf("client %d round %d\n", i, round)
				if i%100 == 0 {
					line = "slow\n"
				}
				cut := rand.IntN(len(line))
				io.WriteString(c, line[:cut])
				io.WriteString(c, line[cut:])
				if got, err := r.ReadString('\n'); got != string(bytes.ToUpper([]byte(line))) || err != nil {
					t.Errorf("%q, %v", got, err)
					return
				}
			}
			if i%3 == 0 {
				c.Abort()
			}
		})
	}
	all.Wait()
	if n := answered.Load(); n != int64(4*len(clients)) {
		t.Errorf("%d lines were answered, want %d", n, 4*len(clients))
	}
	cancel()
	for i, c := range clients {
		if i%3 == 0 {
			continue
		}
		rest, err := io.ReadAll(c)
		if string(rest) != "goodbye\n" || err != nil {
			t.Fatalf("number %d has %q, %v", i, rest, err)
		}
	}
	served.ends(t, 0, nil)
}
