// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// TestRelayResetBothEnd has both peers of relays with Reset end their streams at
// the same moment. That is regular: the connection to a peer may be closed before
// the relay looks why its stream has ended.
func TestRelayResetBothEnd(t *testing.T) {
	processors(t, 8)
	end := time.Now().Add(time.Second)
	var all sync.WaitGroup
	for range max(min(8, testnet.Descriptors(80)/10), 1) {
		l := listen(t, &streamsock.ListenConfig{}, "tcp4")
		all.Go(func() {
			for time.Now().Before(end) && !t.Failed() {
				if err := relayBothEnd(t.Context(), l); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// relayBothEnd relays between two peers that end their streams immediately.
func relayBothEnd(ctx context.Context, l *streamsock.Listener) error {
	a, err := dialPair(l)
	if err != nil {
		return err
	}
	b, err := dialPair(l)
	if err != nil {
		return err
	}
	errs := make(chan error, 3)
	go func() {
		relayer := &streamsock.Relayer{Reset: true}
		_, err := relayUntilEnd(ctx, relayer, a.c, b.c)
		errs <- err
	}()
	for _, peer := range []*streamsock.Conn{a.peer, b.peer} {
		go func() {
			peer.Write([]byte("abc"))
			peer.CloseWrite()
			got, err := io.ReadAll(peer)
			if err == nil && string(got) != "abc" {
				err = fmt.Errorf("a peer got %q", got)
			}
			peer.Close()
			errs <- err
		}()
	}
	return errors.Join(<-errs, <-errs, <-errs)
}
