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

// An FTP client aborts a transfer: Interrupt Process and a Synch go in front of
// the command, so that the server looks for it now.
func ExampleConn_SendSynch() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	if err := server.SetOOBInline(true); err != nil {
		log.Fatal(err)
	}

	client.SendMessage("STOR file")
	client.SendMessage("NOOP") // the server does not come to it
	client.SendTelnet(dialog.IP)
	client.SendSynch()
	client.SendMessage("ABOR")

	fmt.Println(server.ReadMessage())
	// This is where the server receives the file. A goroutine of its own waits
	// for the Synch.
	commands, err := server.ReadSynch(context.Background())
	fmt.Printf("% x %v\n", commands, err)
	fmt.Println(server.ReadMessage())
	// Output:
	// STOR file <nil>
	// ff f4 <nil>
	// ABOR <nil>
}
