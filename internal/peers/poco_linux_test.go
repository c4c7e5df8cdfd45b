// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestPOCO makes POCO and streamsock perform the same operations and report the
// results: first POCO with streamsock as its peer, and once the other way
// round. What both are to say is written down once; where POCO says something
// else, beside it.
func TestPOCO(t *testing.T) {
	program := buildPOCO(t)
	for name, play := range map[string]func(subject, peer side){
		"echo":                    playEcho,
		"peek":                    playPeek,
		"available":               playAvailable,
		"addresses":               playAddresses,
		"without waiting":         playWithoutWaiting,
		"receive into Buffer":     playBuffer,
		"sendFile":                playSendFile,
		"urgent":                  playUrgent,
		"urgent inline":           playUrgentInline,
		"vectored":                playVectored,
		"vectored with flags":     playVectoredFlags,
		"FIFO":                    playFIFO,
		"options":                 playOptions,
		"receive timeout":         playReceiveTimeout,
		"send timeout":            playSendTimeout,
		"listen":                  playListen,
		"connect":                 playConnect,
		"connect refused":         playConnectRefused,
		"connect timed out":       playConnectTimedOut,
		"shutdown of writing":     playShutdownWrite,
		"shutdown of reading":     playShutdownRead,
		"shutdown of both":        playShutdownBoth,
		"shutdown again":          playShutdownAgain,
		"abort":                   playAbort,
		"poll":                    playPoll,
		"poll writable":           playPollWritable,
		"poll closed":             playPollClosed,
		"poll urgent":             playPollUrgent,
		"PollSet":                 playPollSet,
		"PollSet closed":          playPollSetClosed,
		"PollSet members":         playPollSetMembers,
		"Select":                  playSelect,
		"DialogSocket messages":   playMessages,
		"DialogSocket lines":      playLines,
		"DialogSocket statuses":   playStatuses,
		"DialogSocket characters": playCharacters,
		"DialogSocket telnet":     playTelnet,
		"DialogSocket synch":      playSynch,
	} {
		// The subject does what the name says, to or with the peer.
		t.Run(name, func(t *testing.T) {
			t.Run("poco", func(t *testing.T) {
				p, c := acceptedFrom(t, program)
				play(side{p, true}, side{mirrorOf(t, c), false})
			})
			t.Run("streamsock", func(t *testing.T) {
				p, c := connected(t, program)
				play(side{mirrorOf(t, c), false}, side{p, true})
			})
		})
	}
}

// A side is POCO or streamsock at one end of connections. It does what the
// commands of poco.cpp say.
type side struct {
	talk
	poco bool
}

func (s side) String() string { return s.either("POCO", "streamsock") }

// either returns the text that is about this side.
func (s side) either(poco, streamsock string) string {
	if s.poco {
		return poco
	}
	return streamsock
}

// tell returns the answer to a command.
func (s side) tell(command string) string {
	s.t.Helper()
	s.say(command + "\n")
	return strings.TrimSuffix(s.hear("\n"), "\n")
}

// number returns the answer to a command, which must be a number.
func (s side) number(command string) string {
	s.t.Helper()
	answer := s.tell(command)
	if _, err := strconv.Atoi(answer); err != nil {
		s.t.Fatalf("%s: %v answers %q, want a number", command, s, answer)
	}
	return answer
}

// begin gives a command that the other side ends. It returns a function that
// checks the answer.
func (s side) begin(command string) (end func(want string)) {
	s.t.Helper()
	s.say(command + "\n")
	return func(want string) {
		s.t.Helper()
		if got := strings.TrimSuffix(s.hear("\n"), "\n"); got != want {
			s.t.Fatalf("%s: %v answers %q, want %q", command, s, got, want)
		}
	}
}

// ask gives a command, and checks the answer.
func (s side) ask(command, want string) {
	s.t.Helper()
	s.begin(command)(want)
}

// differ gives a command to which the answer of POCO differs from that of
// streamsock.
func (s side) differ(command, poco, streamsock string) {
	s.t.Helper()
	s.ask(command, s.either(poco, streamsock))
}

// waits gives a command that is to wait for a time, and not forever.
func (s side) waits(command string, at time.Duration, want string) {
	s.t.Helper()
	start := time.Now()
	s.ask(command, want)
	// The kernel's own timeouts may end a tick early.
	if took := time.Since(start); took < at-10*time.Millisecond || took > patience/2 {
		s.t.Errorf("%s: %v waits for %v, want %v", command, s, took, at)
	}
}

// talkOver has both sides use a connection, now and from then on.
func talkOver(number int, subject, peer side) {
	subject.t.Helper()
	use := fmt.Sprintf("use %d", number)
	subject.ask(use, "ok")
	peer.ask(use, "ok")
	subject.ask("send there", "ok")
	peer.ask("recv 5", "there")
	peer.ask("send and back", "ok")
	subject.ask("recv 8", "and back")
}
