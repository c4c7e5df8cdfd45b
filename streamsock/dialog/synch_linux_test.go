// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestSendSynch has the peer see DM as the urgent byte, and IAC before it.
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

// TestReadSynchSent has the data before the Synch in the buffer, in the system,
// in both, or read, or has the mark in the buffer.
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
	// The buffer contains data from both sides of the mark.
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
		t.Error("New ignores OOBInline")
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

// TestReadSynchContext has a peer whose urgent byte is followed by no data mark:
// by nothing, or by data without end.
func TestReadSynchContext(t *testing.T) {
	t.Run("canceled before", func(t *testing.T) {
		c, peer := synchPair(t)
		sendUrgent(t, peer)
		if err := c.in.fill(); err != nil || c.in.mark == 0 { // it need not wait for the urgent byte
			t.Fatalf("mark at %d, %v", c.in.mark, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.ReadSynch(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("ReadSynch: %v, want %v", err, context.Canceled)
		}
		wantSynch(t, c, peer)
	})
	t.Run("nothing", func(t *testing.T) {
		c, peer := synchPair(t)
		sendUrgent(t, peer)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := c.ReadSynch(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("ReadSynch: %v, want %v", err, context.DeadlineExceeded)
		}
		wantSynch(t, c, peer)
	})
	t.Run("data", func(t *testing.T) {
		c, peer := synchPair(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		sent := flood(t, peer, cancel)
		if _, err := c.ReadSynch(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("ReadSynch: %v, want %v", err, context.Canceled)
		}
		c.Close()
		<-sent
	})
	t.Run("data and deadline", func(t *testing.T) {
		c, peer := synchPair(t)
		sent := flood(t, peer, func() { c.SetReadDeadline(time.Unix(1, 0)) })
		if _, err := c.ReadSynch(t.Context()); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("ReadSynch: %v, want %v", err, os.ErrDeadlineExceeded)
		}
		c.Close()
		<-sent
	})
	t.Run("data and Close", func(t *testing.T) {
		c, peer := synchPair(t)
		sent := flood(t, peer, func() { c.Close() })
		if _, err := c.ReadSynch(t.Context()); !errors.Is(err, net.ErrClosed) {
			t.Fatalf("ReadSynch: %v, want %v", err, net.ErrClosed)
		}
		<-sent
	})
}

// synchPair is pair with urgent data inline and small buffers.
func synchPair(t *testing.T) (*Conn, *streamsock.Conn) {
	t.Helper()
	c, peer := pair(t)
	if err := c.SetOOBInline(true); err != nil {
		t.Fatal(err)
	}
	if err := c.Stream().SetReadBuffer(256 << 10); err != nil {
		t.Fatal(err)
	}
	if err := peer.SetWriteBuffer(256 << 10); err != nil {
		t.Fatal(err)
	}
	return c, peer
}

// sendUrgent sends an urgent byte that is no data mark.
func sendUrgent(t *testing.T, peer *streamsock.Conn) {
	t.Helper()
	if err := peer.SendUrgent('x'); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// wantSynch finishes the Synch of which the peer has sent the urgent byte, and
// checks that it is received to its end, with its commands.
func wantSynch(t *testing.T, c *Conn, peer *streamsock.Conn) {
	t.Helper()
	if _, err := io.WriteString(peer, "\xff\xf4\xff\xf2ABOR\r\n"); err != nil {
		t.Fatal(err)
	}
	if commands, err := c.ReadSynch(t.Context()); string(commands) != "\xff\xf4" || err != nil {
		t.Errorf("the next ReadSynch: %q, %v", commands, err)
	}
	if line, err := c.ReadMessage(); line != "ABOR" || err != nil {
		t.Errorf("the next line: %q, %v", line, err)
	}
}

// flood has the peer send an urgent byte and data until that fails. It calls
// under after more than the capacity of the buffers: another goroutine reads.
// The channel is closed at the end.
func flood(t *testing.T, peer *streamsock.Conn, under func()) (sent chan struct{}) {
	t.Helper()
	sendUrgent(t, peer)
	sent = make(chan struct{})
	go func() {
		defer close(sent)
		data := make([]byte, 64<<10)
		for n := 0; ; n += len(data) {
			if n == 4<<20 {
				under()
			}
			if _, err := peer.Write(data); err != nil {
				return
			}
		}
	}()
	return sent
}
