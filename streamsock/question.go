// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"os"
	"sync"

	"example.com/streamsock/internal/sys"
)

// A question is one call that asks the system for a number, without waiting.
// Like a transfer it is used again.
type question struct {
	visit func(fd uintptr) // the method below
	ask   func(fd uintptr) (int, error)
	n     int
	err   error
}

var questions = sync.Pool{New: func() any {
	q := new(question)
	q.visit = q.do
	return q
}}

func (q *question) do(fd uintptr) { q.n, q.err = q.ask(fd) }

// ask asks the system a question about c.
func (c *Conn) ask(f func(fd uintptr) (int, error)) (int, error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	q := questions.Get().(*question)
	defer questions.Put(q)
	q.ask = f
	if err := rc.Control(q.visit); err != nil {
		return 0, c.opError("get", err)
	}
	if sys.IsUnsupported(q.err) {
		return 0, c.opError("get", q.err)
	}
	if q.err != nil {
		return 0, c.opError("get", os.NewSyscallError("ioctl", q.err))
	}
	return q.n, nil
}
