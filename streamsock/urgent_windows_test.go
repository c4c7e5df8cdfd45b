// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestUrgentInline checks that what Windows does not report is an error, and
// does not wait forever.
func TestUrgentInline(t *testing.T) {
	client, server := msgPair(t)
	s := newPollSet(t)
	unsupported := func(inline bool, calls map[string]func() error) {
		t.Helper()
		if err := server.SetOOBInline(inline); err != nil {
			t.Fatal(err)
		}
		for name, call := range calls {
			_, err := promptly(t, func() (int, error) { return 0, call() })
			if !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("%s with OOBInline %t: %v", name, inline, err)
			}
		}
	}
	atMark := func() error { _, err := server.AtMark(); return err }
	unsupported(false, map[string]func() error{"AtMark": atMark})
	if err := client.SendUrgent('!'); err != nil {
		t.Fatal(err)
	}
	unsupported(true, map[string]func() error{
		"AtMark":      atMark,
		"WaitUrgent":  func() error { return server.WaitUrgent(t.Context()) },
		"Wait":        func() error { _, err := server.Wait(t.Context(), urgent|writable); return err },
		"PollSet.Add": func() error { return s.Add(server, urgent) },
		"Select": func() error {
			_, _, _, err := streamsock.Select(t.Context(), nil, nil, []*streamsock.Conn{server})
			return err
		},
	})
	if _, err := server.ReadUrgent(); !errors.Is(err, streamsock.ErrNoUrgent) {
		t.Errorf("ReadUrgent: %v", err)
	}
	if e, err := server.Wait(t.Context(), readable); e != readable || err != nil {
		t.Errorf("Wait: %v, %v", e, err)
	}
	take(t, server, []byte("!"))
}

// TestUrgentWaitAll checks that a Recv that waits for all does not end early
// after a pending urgent byte.
func TestUrgentWaitAll(t *testing.T) {
	client, server := msgPair(t)
	if err := client.SendUrgent('!'); err != nil {
		t.Fatal(err)
	}
	awaitUrgent(t, server)
	p := make([]byte, 6)
	r := begin(func() (int, error) { return server.Recv(p, streamsock.WaitAll) })
	client.Write([]byte("abc"))
	r.blocks(t)
	client.Write([]byte("def"))
	r.ends(t, 6, nil)
	if string(p) != "abcdef" {
		t.Errorf("%q", p)
	}
}

// TestRelayUrgentUnsupported checks that a relay that was to pass urgent bytes
// on moves nothing.
func TestRelayUrgentUnsupported(t *testing.T) {
	client, in := msgPair(t)
	out, server := msgPair(t)
	client.Write([]byte("abc"))
	r := streamsock.Relayer{Urgent: true}
	_, err := r.Relay(context.Background(), in, out)
	var e *net.OpError
	if !errors.Is(err, errors.ErrUnsupported) || !errors.As(err, &e) || e.Op != "relay" {
		t.Errorf("Relay: %v", err)
	}
	takeRest(t, server, nil)
}
