// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package streamsock_test

import (
	"context"
	"fmt"
	"io"
	"log"

	"example.com/streamsock/streamsock"
)

// A server stops a long operation when it receives an urgent byte, like the
// break of the Oracle protocol. The notification of the urgent byte arrives
// ahead of buffered data.
func ExampleConn_WaitUrgent() {
	client, server := ends()
	defer client.Close()
	defer server.Close()

	stopped := make(chan string)
	go func() {
		if err := server.WaitUrgent(context.Background()); err != nil {
			log.Fatal(err)
		}
		b, err := server.ReadUrgent()
		stopped <- fmt.Sprintf("%q %v", b, err)
	}()

	if err := client.SendUrgent('!'); err != nil {
		log.Fatal(err)
	}
	fmt.Println("stopped by", <-stopped)
	_, err := server.ReadUrgent()
	fmt.Println(err)
	// Output:
	// stopped by '!' <nil>
	// streamsock: no urgent byte pending
}

// Inline, the urgent byte is part of the stream, and AtMark reports where. To
// discard the data before it, as for a Telnet Synch, read up to the mark.
func ExampleConn_AtMark() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	if err := server.SetOOBInline(true); err != nil {
		log.Fatal(err)
	}

	const iac, dm = 0xff, 0xf2
	client.Write([]byte("typed before"))
	client.Sendmsg([][]byte{{iac}, {dm}}, streamsock.OOB) // DM is the urgent byte
	client.Write([]byte("goes on"))
	client.CloseWrite()

	if err := server.WaitUrgent(context.Background()); err != nil {
		log.Fatal(err)
	}
	p := make([]byte, 100)
	for {
		marked, err := server.AtMark()
		if err != nil {
			log.Fatal(err)
		}
		if marked {
			break
		}
		n, err := server.Read(p) // does not read past the mark
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("discarded: %q\n", p[:n])
	}
	rest, err := io.ReadAll(server)
	fmt.Printf("%q %v\n", rest, err)
	// Output:
	// discarded: "typed before\xff"
	// "\xf2goes on" <nil>
}

// Wait reports which operations would not block, without a buffer. A server
// with many idle connections needs no buffer for a connection until it is
// readable.
func ExampleConn_Wait() {
	client, server := ends()
	defer client.Close()
	defer server.Close()

	client.Write([]byte("bye"))
	client.CloseWrite()
	if _, err := server.Wait(context.Background(), streamsock.PeerClosed); err != nil {
		log.Fatal(err)
	}
	// The peer has closed, and the data that it sent before can still be read.
	events, err := server.Wait(context.Background(), streamsock.Readable|streamsock.PeerClosed)
	fmt.Println(events, err)
	p := make([]byte, 10)
	n, err := server.Read(p)
	fmt.Printf("%q %v\n", p[:n], err)
	// Output:
	// Readable|PeerClosed <nil>
	// "bye" <nil>
}

// A proxy between a Telnet client and its server passes on the interrupt key.
func ExampleRelayer_urgent() {
	client, in := ends()
	defer client.Close()
	out, server := ends()
	defer server.Close()
	relayer := streamsock.Relayer{Urgent: true}
	go relayer.Relay(context.Background(), in, out)

	client.Write([]byte("ls -lR"))
	client.SendUrgent('!')
	if err := server.WaitUrgent(context.Background()); err != nil {
		log.Fatal(err)
	}
	p := make([]byte, 10)
	n, _ := io.ReadFull(server, p[:6])
	marked, _ := server.AtMark()
	b, err := server.ReadUrgent()
	fmt.Printf("%s, at the mark: %t, %c, %v\n", p[:n], marked, b, err)
	// Output: ls -lR, at the mark: true, !, <nil>
}
