// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog_test

import (
	"log"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/dialog"
)

// ends returns the two ends of a connection.
func ends() (client, server *dialog.Conn) {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	c, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	s, err := l.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	client, server = dialog.New(c), dialog.New(s)
	client.SetDeadline(time.Now().Add(10 * time.Second))
	server.SetDeadline(time.Now().Add(10 * time.Second))
	return client, server
}
