// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"log"

	"example.com/streamsock/streamsock"
)

// pair returns two connected Conns.
func pair() (client, server *streamsock.Conn) {
	client, server, err := streamsock.Pair()
	if err != nil {
		log.Fatal(err)
	}
	return client, server
}
