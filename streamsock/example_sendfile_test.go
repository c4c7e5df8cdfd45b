// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
)

// A server continues an interrupted transfer of a file and reports the
// progress.
func ExampleConn_SendFile() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	name := filepath.Join(folder, "song.txt")
	if err := os.WriteFile(name, []byte("Ten green bottles hanging on the wall"), 0o600); err != nil {
		log.Fatal(err)
	}
	client, server := ends()
	defer client.Close()
	defer server.Close()

	f, err := os.Open(name)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	const offset, size = 10, 37 // the client has the first 10 bytes
	sent, err := server.SendFile(f, offset, size-offset, func(sent int64) {
		fmt.Printf("%d %%\n", 100*(offset+sent)/size)
	})
	fmt.Println(sent, "bytes,", err)
	server.Close()
	text, err := io.ReadAll(client)
	fmt.Printf("%q %v\n", text, err)
	// Output:
	// 100 %
	// 27 bytes, <nil>
	// "bottles hanging on the wall" <nil>
}
