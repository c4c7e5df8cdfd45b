// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// A progress is the progress of sending a file.
type progress struct {
	total int64 // bytes, or unknown
}

// sizeOf returns the number of bytes left in a regular file, and unknown for
// any other reader.
func sizeOf(r io.Reader) int64 {
	f, ok := r.(*os.File)
	if !ok {
		return unknown
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return unknown
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return unknown
	}
	return max(0, info.Size()-at)
}

// line returns the progress bar with the mean speed, in a line of the given
// width.
func (p *progress) line(s sample, mean speed, width int) string {
	rate := size(mean.out) + "/s"
	if p.total == unknown {
		return fmt.Sprintf("%s sent  %s  %s", size(float64(s.sent)), rate, clock(s.at))
	}
	text := fmt.Sprintf(" %3d%%  %s of %s  %s  %s", p.percent(s), size(float64(s.sent)),
		size(float64(p.total)), rate, p.left(s, mean))
	const least, most = 8, 40
	room := min(width-len(text)-2, most)
	if room < least {
		return text[1:]
	}
	return "[" + bar(p.percent(s), room) + "]" + text
}

// short returns the text before the other numbers of the live line.
func (p *progress) short(s sample, mean speed) string {
	if p.total == unknown {
		return size(float64(s.sent)) + " sent"
	}
	return fmt.Sprintf("%3d%% %s", p.percent(s), p.left(s, mean))
}

// percent is 100 only when all has been sent.
func (p *progress) percent(s sample) int {
	if s.sent >= p.total {
		return 100
	}
	return int(float64(s.sent) / float64(p.total) * 100)
}

// left returns the time that it will take, or has taken.
func (p *progress) left(s sample, mean speed) string {
	if s.sent >= p.total {
		return "in " + clock(s.at)
	}
	seconds := float64(p.total-s.sent) / mean.out
	if mean.out == 0 || seconds > 100*3600 {
		return "stalled"
	}
	return clock(time.Duration(seconds*float64(time.Second))) + " left"
}

func bar(percent, width int) string {
	full := percent * width / 100
	if full == width {
		return strings.Repeat("=", width)
	}
	return strings.Repeat("=", full) + ">" + strings.Repeat(" ", width-full-1)
}
