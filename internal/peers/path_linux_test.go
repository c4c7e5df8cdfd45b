// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestStrippedURG has a firewall that removes urgent marks between the client
// and the server, in this direction only.
func TestStrippedURG(t *testing.T) {
	nft := program(t, "nft")
	if !insideNamespace(t) {
		return
	}
	l := listen(t)
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	rules, err := os.ReadFile(sources + "/strip-urg.nft")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nft, "-f", "-")
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(string(rules), "PORT", port))
	run(t, cmd)

	for _, inline := range []bool{false, true} {
		t.Run("inline "+strconv.FormatBool(inline), func(t *testing.T) {
			client := dial(t, l.Addr().String())
			server := accept(t, l)
			if err := server.SetOOBInline(inline); err != nil {
				t.Fatal(err)
			}
			before := stripped(t, nft)
			woken := make(chan error, 1)
			go func() { woken <- server.WaitUrgent(t.Context()) }()
			sendMarked(t, client)
			// The urgent byte is there, as any other and at its place, but
			// nothing reports that it was urgent.
			wantRead(t, server, "ab")
			next := make([]byte, 1)
			if n, err := server.Peek(next); next[0] != '!' || err != nil {
				t.Errorf("peeked at %q, %v", next[:n], err)
			}
			if marked(t, server) {
				t.Error("at the mark")
			}
			if _, err := server.ReadUrgent(); !errors.Is(err, streamsock.ErrNoUrgent) {
				t.Errorf("ReadUrgent: %v", err)
			}
			wantRead(t, server, "!cd")
			if n := stripped(t, nft) - before; n == 0 {
				t.Error("the firewall saw no urgent mark")
			}
			// It never wakes a waiting goroutine: only the end of the stream
			// does.
			if err := client.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if err := <-woken; err != io.EOF {
				t.Errorf("WaitUrgent: %v", err)
			}

			// The other direction is as it should be.
			sendMarked(t, server)
			if before := toMark(t, client); before != "ab" {
				t.Errorf("before the mark %q", before)
			}
			wantUrgent(t, client, '!')
			wantRead(t, client, "cd")
		})
	}
}

// sendMarked sends "ab!cd" in three segments, with "!" as urgent.
func sendMarked(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	write(t, c, "ab")
	if err := c.SendUrgent('!'); err != nil {
		t.Fatal(err)
	}
	write(t, c, "cd")
}

// stripped returns the number of segments that the firewall has changed.
func stripped(t *testing.T, nft string) int {
	t.Helper()
	out := run(t, exec.Command(nft, "list", "ruleset"))
	found := regexp.MustCompile(`counter packets (\d+)`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no counter in\n%s", out)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestStdurg uses a system that interprets the urgent pointer as RFC 1122 does:
// as that of the last urgent byte, and not, as every sender does and RFC 6093
// specifies since, as the byte after it. The receiver's mark is one byte late.
func TestStdurg(t *testing.T) {
	if !insideNamespace(t) {
		return
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/tcp_stdurg", []byte("1"), 0); err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	t.Run("apart", func(t *testing.T) {
		client := dial(t, l.Addr().String())
		server := accept(t, l)
		sendMarked(t, client)
		if before := toMark(t, server); before != "ab!" {
			t.Errorf("before the mark %q", before)
		}
		wantUrgent(t, server, 'c')
		wantRead(t, server, "d")
	})
	t.Run("inline", func(t *testing.T) {
		client := dial(t, l.Addr().String())
		server := accept(t, l)
		if err := server.SetOOBInline(true); err != nil {
			t.Fatal(err)
		}
		sendMarked(t, client)
		if before := toMark(t, server); before != "ab!" {
			t.Errorf("before the mark %q", before)
		}
		wantRead(t, server, "cd")
	})
	t.Run("nothing behind", func(t *testing.T) {
		client := dial(t, l.Addr().String())
		server := accept(t, l)
		if err := client.SendUrgent('!'); err != nil {
			t.Fatal(err)
		}
		wantRead(t, server, "!")
		// The mark is announced, and its byte has not arrived.
		if _, err := server.ReadUrgent(); !errors.Is(err, streamsock.ErrWouldBlock) {
			t.Errorf("ReadUrgent: %v", err)
		}
		write(t, client, "c")
		toMark(t, server)
		wantUrgent(t, server, 'c')
	})
}
