// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"golang.org/x/net/websocket"
)

// connKey is the key of the connection in the context of its requests.
type connKey struct{}

// A WebSocket hides the underlying connection. The server finds the connection
// in the context of the request; the client has dialed it.
func Example_webSocket() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{
		Handler: websocket.Handler(func(ws *websocket.Conn) {
			c := ws.Request().Context().Value(connKey{}).(*streamsock.Conn)
			c.SetLinger(5)
			seconds, err := c.Linger()
			fmt.Fprint(ws, "the server lingers for seconds: ", seconds, " ", err)
		}),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}
	go server.Serve(l)
	defer server.Close()

	c, err := streamsock.Dial("tcp", l.Addr().String(), sockopt.NoDelay.To(false))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	config, err := websocket.NewConfig("ws://"+l.Addr().String(), "http://localhost")
	if err != nil {
		log.Fatal(err)
	}
	ws, err := websocket.NewClient(config, c)
	if err != nil {
		log.Fatal(err)
	}
	defer ws.Close()

	var text string
	err = websocket.Message.Receive(ws, &text)
	fmt.Println(text, err)
	fmt.Println(c.NoDelay())
	// Output:
	// the server lingers for seconds: 5 <nil> <nil>
	// false <nil>
}
