// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestSendSynch has the peer see DM as the urgent byte, and IAC in front of it.
func TestSendSynch(t *testing.T) {
	c, peer := pair(t)
	if err := c.SendTelnet(IP); err != nil {
		t.Fatal(err)
	}
	if err := c.SendSynch(); err != nil {
		t.Fatal(err)
	}
	if err := c.SendMessage("ABOR"); err != nil {
		t.Fatal(err)
	}
	if err := peer.WaitUrgent(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantSent(t, peer, "\xff\xf4\xff")
	if marked, err := peer.AtMark(); !marked || err != nil {
		t.Errorf("at the mark: %v, %v", marked, err)
	}
	if b, err := peer.ReadUrgent(); b != byte(DM) || err != nil {
		t.Errorf("ReadUrgent = %#x, %v", b, err)
	}
	wantSent(t, peer, "ABOR\r\n")
}

// TestReadSynchSent has what was sent before the Synch in the buffer, in the
// system, in both, or read, or has the mark in the buffer.
func TestReadSynchSent(t *testing.T) {
	for name, read := range map[string]func(*testing.T, *Conn){
		"system": func(*testing.T, *Conn) {},
		"buffer": func(t *testing.T, c *Conn) {
			if _, err := c.Peek(make([]byte, 1)); err != nil {
				t.Error(err)
			}
		},
		"mark": func(t *testing.T, c *Conn) {
			for c.in.mark == 0 {
				if err := c.in.fill(); err != nil {
					t.Fatal(err)
				}
			}
		},
		"read": func(t *testing.T, c *Conn) {
			if line, err := c.ReadMessage(); line != "typed" || err != nil {
				t.Errorf("%q, %v", line, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, stream := pair(t)
			peer := New(stream)
			if err := c.SetOOBInline(true); err != nil {
				t.Fatal(err)
			}
			for range 3 { // one Synch after the other
				for _, err := range []error{
					peer.SendMessage("typed"), peer.SendMessage(strings.Repeat("in vain", 1000)),
					peer.SendTelnet(IP), peer.SendSynch(), peer.SendMessage("ABOR"),
				} {
					if err != nil {
						t.Fatal(err)
					}
				}
				read(t, c)
				if commands, err := c.ReadSynch(t.Context()); string(commands) != "\xff\xf4" || err != nil {
					t.Fatalf("ReadSynch = %q, %v", commands, err)
				}
				if line, err := c.ReadMessage(); line != "ABOR" || err != nil {
					t.Fatalf("%q, %v", line, err)
				}
			}
		})
	}
}

// TestMarkInBuffer has a line read ahead past the mark.
func TestMarkInBuffer(t *testing.T) {
	c, peer := pair(t)
	if err := c.SetOOBInline(true); err != nil {
		t.Fatal(err)
	}
	if _, err := peer.Send([]byte("ab!"), streamsock.OOB); err != nil {
		t.Fatal(err)
	}
	io.WriteString(peer, "cd\nline\n")
	peer.CloseWrite()
	c.SetLimits(100, 0)
	// What is in the buffer is from both sides of the mark.
	if _, err := c.Peek(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := c.in.fill(); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 100)
	var got []string
	for {
		marked, err := c.AtMark()
		if err != nil {
			t.Fatal(err)
		}
		n, err := c.Read(p)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if marked {
			got = append(got, "mark")
		}
		got = append(got, string(p[:n]))
	}
	if s := strings.Join(got, ","); !strings.HasPrefix(s, "ab,mark,!") || strings.Count(s, "mark") != 1 ||
		strings.ReplaceAll(s, ",", "") != "abmark!cd\nline\n" {
		t.Errorf("read %q", got)
	}
}

// TestNewInline has the option set before.
func TestNewInline(t *testing.T) {
	_, stream := pair(t)
	if err := stream.SetOOBInline(true); err != nil {
		t.Fatal(err)
	}
	if c := New(stream); !c.in.marks {
		t.Error("New takes no notice of OOBInline")
	} else if err := c.SetOOBInline(false); c.in.marks || err != nil {
		t.Errorf("turned off: %v, %v", c.in.marks, err)
	}
}

func TestReadSynchEnds(t *testing.T) {
	c, peer := pair(t)
	if err := c.SetOOBInline(true); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.ReadSynch(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ReadSynch with a context that has ended: %v", err)
	}
	peer.CloseWrite()
	if _, err := c.ReadSynch(t.Context()); err != io.EOF {
		t.Errorf("ReadSynch at the end: %v", err)
	}
}
