// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog_test

import (
	"context"
	"fmt"
	"log"

	"example.com/streamsock/streamsock/dialog"
)

// An FTP client aborts a transfer: it sends Interrupt Process and a Synch
// before the command, so that the server looks for the command immediately.
func ExampleConn_SendSynch() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	if err := server.SetOOBInline(true); err != nil {
		log.Fatal(err)
	}

	client.SendMessage("STOR file")
	client.SendMessage("NOOP") // the server does not read it
	client.SendTelnet(dialog.IP)
	client.SendSynch()
	client.SendMessage("ABOR")

	fmt.Println(server.ReadMessage())
	// The server receives the file here, while another goroutine waits for the
	// Synch.
	commands, err := server.ReadSynch(context.Background())
	fmt.Printf("% x %v\n", commands, err)
	fmt.Println(server.ReadMessage())
	// Output:
	// STOR file <nil>
	// ff f4 <nil>
	// ABOR <nil>
}
