// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
)

// A header and a body are received into separate buffers with one system call.
func ExampleConn_Readv() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	client.Write([]byte("\x00\x05hello"))

	header, body := make([]byte, 2), make([]byte, 100)
	n, err := server.Readv([][]byte{header, body})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(binary.BigEndian.Uint16(header), string(body[:n-2]))
	// Output: 5 hello
}

func ExampleConn_Writev() {
	client, server := ends()
	defer client.Close()
	defer server.Close()

	n, err := client.Writev([][]byte{[]byte("GET "), []byte("/"), []byte(" HTTP/1.0\r\n\r\n")})
	fmt.Println(n, err)
	client.CloseWrite()
	text, err := io.ReadAll(server)
	fmt.Printf("%q %v\n", text, err)
	// Output:
	// 18 <nil>
	// "GET / HTTP/1.0\r\n\r\n" <nil>
}

// A server for two protocols examines the first byte and leaves it in the
// connection for the handler.
func ExampleConn_Peek() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	client.Write([]byte("\x16\x03\x01"))

	first := make([]byte, 1)
	if _, err := server.Peek(first); err != nil {
		log.Fatal(err)
	}
	if first[0] == 0x16 {
		fmt.Println("a TLS handshake")
	}
	n, err := server.Available()
	fmt.Println(n, "bytes are there", err)
	// Output:
	// a TLS handshake
	// 3 bytes are there <nil>
}

// TryRead reads what is available. If there is no data, Wait blocks until there
// is; without Wait the loop would be a busy loop.
func ExampleConn_TryRead() {
	client, server := ends()
	defer server.Close()
	go func() {
		client.Write([]byte("hello"))
		client.Close()
	}()

	var text []byte
	p := make([]byte, 10)
	for {
		n, err := server.TryRead(p)
		text = append(text, p[:n]...)
		if err == streamsock.ErrWouldBlock {
			_, err = server.Wait(context.Background(), streamsock.Readable)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%s\n", text)
	// Output: hello
}

// A record of known length is received completely.
func ExampleConn_Recv() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	go func() {
		client.Write([]byte("rec"))
		client.Write([]byte("ord"))
	}()

	record := make([]byte, 6)
	n, err := server.Recv(record, streamsock.WaitAll)
	fmt.Println(string(record[:n]), err)
	// Output: record <nil>
}

// A part of a stream is copied to another connection inside the kernel.
func ExampleCopyN() {
	client, proxy := ends()
	defer client.Close()
	defer proxy.Close()
	upstream, server := ends()
	defer upstream.Close()
	defer server.Close()
	client.Write([]byte(strings.Repeat("x", 1000) + "rest"))

	n, err := streamsock.CopyN(upstream, proxy, 1000)
	fmt.Println(n, err)
	rest := make([]byte, 10)
	k, err := proxy.Read(rest)
	fmt.Println(string(rest[:k]), err)
	// Output:
	// 1000 <nil>
	// rest <nil>
}

// The header of the PROXY protocol, version 2, contains its length. The server
// waits for the whole header, and does not read past it.
func ExampleConn_PeekFull() {
	proxy, server := ends()
	defer proxy.Close()
	defer server.Close()
	magic := "\r\n\r\n\x00\r\nQUIT\n"
	go io.WriteString(proxy, magic+"\x20\x00\x00\x00GET / HTTP/1.1")

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	header := make([]byte, 16)
	if _, err := server.PeekFull(ctx, header); err != nil {
		log.Fatal(err)
	}
	if string(header[:12]) != magic {
		log.Fatal("no proxy")
	}
	length := len(header) + int(binary.BigEndian.Uint16(header[14:]))
	if _, err := io.CopyN(io.Discard, server, int64(length)); err != nil {
		log.Fatal(err)
	}
	line := make([]byte, 3)
	io.ReadFull(server, line)
	fmt.Printf("%s\n", line)
	// Output: GET
}
