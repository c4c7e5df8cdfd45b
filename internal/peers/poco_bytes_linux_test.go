// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
)

func playEcho(subject, peer side) {
	end := peer.begin("echo")
	subject.ask("send hello", "ok")
	subject.ask("recv 5", "hello")
	const size = 1 << 20
	subject.ask(fmt.Sprintf("exchange %d", size), fmt.Sprintf("%d %s", size, sum(pattern(size))))
	subject.ask("shutdown write", "ok")
	end(fmt.Sprint(size + 5))
	subject.ask("read 1", "end")
}

func playPeek(subject, peer side) {
	peer.ask("send hello", "ok")
	subject.ask("peek 3", "hel")
	subject.ask("peek 64", "hello")
	subject.ask("recv 5", "hello")
	end := subject.begin("peek 64") // which waits for it
	peer.ask("send !", "ok")
	end("!")
	subject.ask("read 64", "!")
	peer.ask("shutdown write", "ok")
	subject.ask("peek 1", "end")
	subject.ask("peek 1", "end")
}

func playAvailable(subject, peer side) {
	subject.ask("available", "0")
	peer.ask("sendmany 1000", "1000")
	subject.ask("poll r 20000", "yes")
	subject.ask("available", "1000")
	subject.ask("recvmany 400", sum(pattern(400)))
	subject.ask("available", "600")
	peer.ask("shutdown write", "ok")
	subject.ask("recvmany 601", sum(pattern(1000)[400:]))
	subject.ask("available", "0")
}

func playAddresses(subject, peer side) {
	local := subject.tell("local")
	if !strings.HasPrefix(local, "127.0.0.1:") {
		subject.t.Errorf("%v has the address %q", subject, local)
	}
	peer.ask("remote", local)
	subject.ask("remote", peer.tell("local"))
}

// playWithoutWaiting is setBlocking(false) of POCO. Its getBlocking returns
// what was set and not the state.
func playWithoutWaiting(subject, peer side) {
	subject.ask("tryread 8", "would block")
	peer.ask("send hello", "ok")
	subject.ask("poll r 20000", "yes")
	subject.ask("tryread 3", "hel")
	subject.ask("tryread 8", "lo")
	subject.ask("tryread 8", "would block")
	peer.ask("shutdown write", "ok")
	subject.ask("poll r 20000", "yes")
	subject.ask("tryread 8", "end")
	subject.differ("set O_NONBLOCK 1", "0 1", "no option")
}

// playBuffer shows that POCO reports the same for a timeout and for the end of
// the stream.
func playBuffer(subject, peer side) {
	subject.waits("readbuffer 50", 50*time.Millisecond, subject.either("end", "timeout"))
	peer.ask("sendmany 1000", "1000")
	subject.ask("poll r 20000", "yes")
	subject.ask("readbuffer 20000", escape(pattern(1000)))
	peer.ask("shutdown write", "ok")
	subject.ask("readbuffer 20000", "end")
}

// playSendFile shows that POCO copies by streams, because its sendFile was
// added after version 1.11.
func playSendFile(subject, peer side) {
	const size = 300_000
	bytes := pattern(size)
	path := filepath.Join(subject.t.TempDir(), "file")
	if err := os.WriteFile(path, bytes, 0o600); err != nil {
		subject.t.Fatal(err)
	}
	for _, tt := range []struct{ offset, count, want int }{
		{0, 0, size},
		{1234, 0, size - 1234},
		{0, 100_000, 100_000},
		{65_537, 100_001, 100_001},
		{size, 0, 0},
	} {
		end := peer.begin(fmt.Sprintf("recvmany %d", tt.want))
		subject.ask(fmt.Sprintf("sendfile %d %d %s", tt.offset, tt.count, path), strconv.Itoa(tt.want))
		end(sum(bytes[tt.offset:][:tt.want]))
	}
	// There are fewer bytes than that.
	subject.differ(fmt.Sprintf("sendfile %d 100 %s", size-10, path), "10", "10 and end")
	peer.ask("recvmany 10", sum(bytes[size-10:]))
	subject.ask("shutdown write", "ok")
	peer.ask("read 1", "end") // and nothing more arrived
}

func playUrgent(subject, peer side) {
	subject.ask("recvoob", "error 22") // EINVAL: there is none
	peer.ask("send ab", "ok")
	peer.ask("sendoob !", "ok")
	peer.ask("send cd", "ok")
	subject.ask("wait", "urgent")
	subject.ask("atmark", "0")
	subject.ask("recv 64", "ab")
	subject.ask("atmark", "1")
	subject.ask("recvoob", "!")
	subject.ask("recvoob", "error 22")
	subject.ask("recv 2", "cd")
	subject.ask("atmark", "0")

	// Several bytes sent as urgent: the last one is.
	peer.ask("sendoob xyz", "ok")
	subject.ask("wait", "urgent")
	subject.ask("recv 64", "xy")
	subject.ask("recvoob", "z")
}

func playUrgentInline(subject, peer side) {
	subject.ask("inline", "ok")
	peer.ask("send ab", "ok")
	peer.ask("sendoob !", "ok")
	peer.ask("send cd", "ok")
	subject.ask("wait", "urgent")
	subject.ask("recv 64", "ab")
	subject.ask("atmark", "1")
	subject.ask("recvoob", "error 22")
	subject.ask("recv 3", "!cd")
	subject.ask("atmark", "0")
}

func (m *mirror) sendText(text string, flags streamsock.Flags) (string, error) {
	_, err := m.conn().Send(unescape(text), flags)
	return "ok", err
}

func (m *mirror) receive(size string, flags streamsock.Flags) (string, error) {
	return got(size, func(p []byte) (int, error) { return m.conn().Recv(p, flags) })
}

func (m *mirror) readOnce(size string) (string, error) { return got(size, m.timed().Read) }

// readBuffer waits for some milliseconds.
func (m *mirror) readBuffer(timeout string) (string, error) {
	return got("65536", m.conn().WithTimeouts(milliseconds(timeout), 0).Read)
}

func (m *mirror) sendMany(size string) (string, error) {
	return decimal(m.timed().Write(pattern(integer(size))))
}

func (m *mirror) receiveMany(size string) (string, error) {
	p := make([]byte, integer(size))
	n, err := io.ReadFull(m.conn(), p)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return sum(p[:n]), err
}

func (m *mirror) exchange(size string) (string, error) {
	type result struct {
		sent string
		err  error
	}
	sent := make(chan result)
	go func() {
		n, err := m.sendMany(size)
		sent <- result{n, err}
	}()
	received, err := m.receiveMany(size)
	s := <-sent
	return s.sent + " " + received, errors.Join(s.err, err)
}

func (m *mirror) echo(string) (string, error) {
	n, err := io.Copy(m.conn(), m.conn())
	return fmt.Sprint(n), errors.Join(err, m.conn().CloseWrite())
}

// fill sends until there is no more room.
func (m *mirror) fill(string) (string, error) {
	p := []byte(strings.Repeat("x", 1<<16))
	total := 0
	for {
		n, err := m.conn().TryWrite(p)
		total += n
		if errors.Is(err, streamsock.ErrWouldBlock) {
			return fmt.Sprint(total), nil
		}
		if err != nil {
			return "", err
		}
	}
}

func (m *mirror) sendFile(rest string) (string, error) {
	words := strings.Fields(rest) // OFFSET, COUNT (0: the rest), PATH
	f, err := os.Open(words[2])
	if err != nil {
		return "", err
	}
	defer f.Close()
	count := integer(words[1])
	if count == 0 {
		count = -1
	}
	n, err := m.conn().SendFile(f, int64(integer(words[0])), int64(count), nil)
	if err == io.EOF {
		return fmt.Sprintf("%d and end", n), nil
	}
	return decimal(n, err)
}
