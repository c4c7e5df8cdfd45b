// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
)

func playPoll(subject, peer side) {
	subject.waits("poll r 50", 50*time.Millisecond, "no")
	end := subject.begin("poll r 20000")
	peer.ask("send x", "ok")
	end("yes")
	subject.ask("poll r 20000", "yes") // it takes nothing away
	subject.ask("recv 1", "x")
	subject.waits("poll r 50", 50*time.Millisecond, "no")
	subject.ask("poll w 20000", "yes")
	subject.ask("poll rw 20000", "yes")
}

func playPollWritable(subject, peer side) {
	subject.ask("poll w 20000", "yes")
	subject.ask("set WriteBuffer 65536", "131072 131072")
	total := 0
	for {
		total += integer(subject.number("fill"))
		// Data in transit makes room when it arrives.
		if subject.tell("poll w 50") == "no" {
			break
		}
	}
	end := subject.begin("poll w 20000")
	want := sum([]byte(strings.Repeat("x", total)))
	peer.ask(fmt.Sprintf("recvmany %d", total), want)
	end("yes")
}

// playPollClosed has POCO lack a word for a peer that has ended its side only.
func playPollClosed(subject, peer side) {
	join(subject, peer)
	peer.ask("shutdown write", "ok")
	subject.ask("poll r 20000", "yes")
	subject.differ("poll c 20000", "no such event", "yes")
	subject.ask("read 1", "end")

	subject.ask("use 1", "ok")
	peer.ask("use 1", "ok")
	peer.ask("abort", "ok")
	subject.ask("poll e 20000", "yes") // always reported
	subject.ask("read 1", "error 104") // ECONNRESET
}

// playPollUrgent shows that POCO's SELECT_ERROR does not report urgent data.
func playPollUrgent(subject, peer side) {
	peer.ask("sendoob !", "ok")
	subject.ask("wait", "urgent")
	subject.differ("poll e 50", "no", "yes")
	subject.waits("poll r 50", 50*time.Millisecond, "no")
	subject.ask("recvoob", "!")
}

func playPollSet(subject, peer side) {
	join(subject, peer)
	join(subject, peer)
	subject.ask("pollset empty", "yes")
	subject.ask("pollset add 0 r", "ok")
	subject.ask("pollset add 1 r", "ok")
	subject.ask("pollset add 2 r", "ok")
	subject.waits("pollset poll 50", 50*time.Millisecond, "nothing")
	end := subject.begin("pollset poll 20000")
	peer.ask("send x", "ok")
	end("0:r")
	subject.ask("pollset poll 20000", "0:r") // as long as it is
	subject.ask("pollset update 1 rw", "ok")
	subject.ask("pollset poll 20000", "0:r 1:w")
	subject.ask("recv 1", "x")
	subject.ask("pollset poll 20000", "1:w")
	subject.ask("pollset update 1 r", "ok")
	subject.waits("pollset poll 50", 50*time.Millisecond, "nothing")
}

// playPollSetClosed has the peer close one connection and reset another.
func playPollSetClosed(subject, peer side) {
	join(subject, peer)
	subject.ask("pollset add 0 r", "ok")
	subject.ask("pollset add 1 r", "ok")
	end := subject.begin("pollset poll 20000")
	peer.ask("close", "ok")
	end("0:r")
	subject.ask("read 1", "end")
	subject.ask("pollset remove 0", "ok")
	peer.ask("use 1", "ok")
	peer.ask("abort", "ok")
	subject.differ("pollset poll 20000", "1:re", "1:rc")
}

// playPollSetMembers shows that POCO's set rejects sockets that are not
// members, replaces the events at a second add, keeps closed sockets, and lacks
// wakeUp, which was added after version 1.11.
func playPollSetMembers(subject, peer side) {
	join(subject, peer)
	subject.differ("pollset update 0 w", "error 2", "ok") // ENOENT
	subject.ask("pollset add 0 r", "ok")
	subject.ask("pollset empty", "no")
	subject.ask("pollset clear", "ok")
	subject.ask("pollset empty", "yes")
	subject.ask("pollset add 0 r", "ok")
	subject.ask("pollset empty", "no")
	subject.ask("pollset has 0", "yes")
	subject.ask("pollset has 1", "no")

	subject.ask("pollset add 0 w", "ok")
	peer.ask("send x", "ok")
	subject.ask("poll r 20000", "yes")
	subject.differ("pollset poll 20000", "0:w", "0:rw")

	subject.ask("pollset remove 0", "ok")
	subject.ask("pollset has 0", "no")
	subject.differ("pollset remove 0", "error 2", "ok")

	subject.ask("pollset add 1 r", "ok")
	subject.differ("pollset wakeup", "no command", "ok")
	if !subject.poco {
		subject.ask("pollset poll 20000", "nothing")
	}
	subject.ask("use 1", "ok")
	subject.ask("close", "ok")
	subject.differ("pollset has 1", "yes", "no")
}

// playSelect has POCO's list of exceptions stay without urgent data.
func playSelect(subject, peer side) {
	join(subject, peer)
	subject.ask("select r0 0", "nothing")
	subject.ask("select r0 w0 0", "0:w")
	subject.waits("select r0,1 50", 50*time.Millisecond, "nothing")
	end := subject.begin("select r0,1 20000")
	peer.ask("send x", "ok")
	end("0:r")
	subject.ask("select r0,1 w0,1 20000", "0:rw 1:w")
	subject.ask("select r1 w0 20000", "0:w")

	peer.ask("use 1", "ok")
	peer.ask("sendoob !", "ok")
	subject.ask("use 1", "ok")
	subject.ask("wait", "urgent")
	subject.differ("select e0,1 50", "nothing", "1:e")
	subject.ask("recvoob", "!")
	peer.ask("close", "ok")
	subject.ask("select r1 20000", "1:r")
}

// events maps letters to events; e is urgent data, which is what select(2)
// calls an exception.
func events(letters string) (e streamsock.Events) {
	for i, letter := range "rwec" {
		if strings.ContainsRune(letters, letter) {
			e |= 1 << i
		}
	}
	return e
}

func letters(e streamsock.Events) string {
	var text strings.Builder
	for i, letter := range "rwec" {
		if e&(1<<i) != 0 {
			text.WriteRune(letter)
		}
	}
	return text.String()
}

func (m *mirror) poll(rest string) (string, error) {
	words := strings.Fields(rest) // some of rwec, and milliseconds
	ctx, cancel := within(words[1])
	defer cancel()
	_, err := m.conn().Wait(ctx, events(words[0]))
	if errors.Is(err, context.DeadlineExceeded) {
		return "no", nil
	}
	return "yes", err
}

// told lists connections by their numbers.
func (m *mirror) told(ready map[*streamsock.Conn]streamsock.Events, err error) (string, error) {
	if len(ready) == 0 && (err == nil || errors.Is(err, context.DeadlineExceeded)) {
		return "nothing", nil
	}
	var list []string
	for i, c := range m.conns {
		if e := ready[c]; e != 0 {
			list = append(list, fmt.Sprintf("%d:%s", i, letters(e)))
		}
	}
	return strings.Join(list, " "), err
}

func (m *mirror) pollSet(rest string) (string, error) {
	words := strings.Fields(rest)
	switch words[0] {
	case "poll":
		return m.pollAll(words[1])
	case "empty":
		return yesOrNo(m.set.Len() == 0), nil
	case "wakeup":
		m.set.WakeUp()
		return "ok", nil
	case "clear":
		m.set.Clear()
		return "ok", nil
	}
	c := m.conns[integer(words[1])]
	switch words[0] {
	case "add":
		return "ok", m.set.Add(c, events(words[2]))
	case "update":
		return "ok", m.set.Update(c, events(words[2]))
	case "remove":
		m.set.Remove(c)
		return "ok", nil
	}
	return yesOrNo(m.set.Has(c)), nil
}

func (m *mirror) pollAll(timeout string) (string, error) {
	ctx, cancel := within(timeout)
	defer cancel()
	list, err := m.set.Poll(ctx)
	ready := make(map[*streamsock.Conn]streamsock.Events)
	for _, r := range list {
		ready[r.Conn] = r.Events
	}
	return m.told(ready, err)
}

// selectLists has lists, such as r0,1 w0 e1, and milliseconds.
func (m *mirror) selectLists(rest string) (string, error) {
	words := strings.Fields(rest)
	lists := make(map[byte][]*streamsock.Conn)
	for _, word := range words[:len(words)-1] {
		for number := range strings.SplitSeq(word[1:], ",") {
			lists[word[0]] = append(lists[word[0]], m.conns[integer(number)])
		}
	}
	ctx, cancel := within(words[len(words)-1])
	defer cancel()
	r, w, x, err := streamsock.Select(ctx, lists['r'], lists['w'], lists['e'])
	ready := make(map[*streamsock.Conn]streamsock.Events)
	for i, list := range [][]*streamsock.Conn{r, w, x} {
		for _, c := range list {
			ready[c] |= 1 << i
		}
	}
	return m.told(ready, err)
}
