// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"example.com/streamsock/streamsock"
)

// A handler takes over a connection and rejects data that the client is still
// sending. If it only closed the connection, the client might receive a reset
// instead of the response.
func ExampleConn_CloseGraceful() {
	ended := make(chan error)
	refuse := func(w http.ResponseWriter, r *http.Request) {
		nc, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			log.Fatal(err)
		}
		c, err := streamsock.Wrap(nc)
		if err != nil {
			log.Fatal(err)
		}
		io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\ntoo large\n")
		// Do not use the request's context, which ends after Hijack.
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		ended <- c.CloseGraceful(ctx)
	}
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(refuse)}
	go server.Serve(l)
	defer server.Close()

	client, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(client, "PUT / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 200000\r\n\r\n")
	client.Write(make([]byte, 200000))
	answer, err := io.ReadAll(client)
	fmt.Printf("%.12s, %d bytes, %v\n", answer, len(answer), err)
	client.Close()
	fmt.Println("ended by the client:", <-ended == nil)
	// Output:
	// HTTP/1.1 413, 63 bytes, <nil>
	// ended by the client: true
}

func ExampleConn_Abort() {
	client, server := ends()
	defer server.Close()

	fmt.Println(client.Abort())
	_, err := server.Read(make([]byte, 1))
	fmt.Println(streamsock.IsReset(err))
	// Output:
	// <nil>
	// true
}

// The client ends its direction of the stream after the request, and still
// receives the response.
func ExampleConn_Shutdown() {
	client, server := ends()
	defer client.Close()
	go func() {
		defer server.Close()
		request, _ := io.ReadAll(server)
		fmt.Fprintf(server, "%d bytes", len(request))
	}()

	client.Write(make([]byte, 1000))
	if err := client.Shutdown(streamsock.ShutWrite); err != nil {
		log.Fatal(err)
	}
	answer, err := io.ReadAll(client)
	fmt.Println(string(answer), err)
	fmt.Println(client.Shutdown(streamsock.ShutBoth)) // not an error, although both sides have ended
	// Output:
	// 1000 bytes <nil>
	// <nil>
}
