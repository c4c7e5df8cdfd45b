// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package fifo_test

import (
	"fmt"
	"io"
	"log"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/fifo"
)

// A signal wakes the goroutine that waits for it.
type signal chan struct{}

func (s signal) set(on bool) {
	if on {
		select {
		case s <- struct{}{}:
		default: // it is set
		}
	}
}

// relay copies from src to dst with at most size bytes in memory. If dst does
// not accept them, it stops reading from src, whose peer then has to wait.
func relay(dst, src *streamsock.Conn, size int) error {
	b := fifo.New(size)
	readable, writable := make(signal, 1), make(signal, 1)
	b.OnReadable, b.OnWritable = readable.set, writable.set

	filled := make(chan error, 1)
	go func() {
		var err error
		for err == nil {
			if _, err = b.Fill(src); err == io.ErrShortBuffer {
				<-writable
				err = nil
			}
		}
		filled <- err
		readable.set(true)
	}()
	for {
		if _, err := b.Drain(dst); err != nil {
			src.CloseRead() // unblocks Fill
			writable.set(true)
			<-filled
			return err
		}
		if b.Len() > 0 {
			continue
		}
		select {
		case <-readable:
		case err := <-filled:
			if err != io.EOF {
				return err
			}
			_, err = b.Drain(dst) // data that arrived in between
			dst.CloseWrite()
			return err
		}
	}
}

// ends returns the two ends of a connection.
func ends() (client, server *streamsock.Conn) {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	client, err = streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	server, err = l.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	client.SetDeadline(time.Now().Add(10 * time.Second))
	server.SetDeadline(time.Now().Add(10 * time.Second))
	return client, server
}

// A relay has one goroutine that reads, one that writes, and at most 4 KiB
// between them.
func Example() {
	client, in := ends()
	defer client.Close()
	defer in.Close()
	out, server := ends()
	defer out.Close()
	defer server.Close()

	relayed := make(chan error)
	go func() { relayed <- relay(out, in, 4096) }()
	go func() {
		client.Write(make([]byte, 1<<20))
		client.CloseWrite()
	}()
	n, err := io.Copy(io.Discard, server)
	fmt.Println(n, err)
	fmt.Println(<-relayed)
	// Output:
	// 1048576 <nil>
	// <nil>
}

// The functions are called when the buffer becomes, or stops being, readable or
// writable.
func ExampleBuffer() {
	b := fifo.New(4)
	b.OnReadable = func(on bool) { fmt.Println("readable:", on) }
	b.OnWritable = func(on bool) { fmt.Println("writable:", on) }
	b.Write([]byte("ab"))
	n, err := b.Write([]byte("cdef"))
	fmt.Println(n, err)
	p := make([]byte, 10)
	n, err = b.Read(p)
	fmt.Printf("%q %v\n", p[:n], err)
	// Output:
	// readable: true
	// writable: false
	// 2 short write
	// readable: false
	// writable: true
	// "abcd" <nil>
}

// A tryWriter writes what the connection accepts without blocking.
type tryWriter struct{ *streamsock.Conn }

func (w tryWriter) Writev(bufs [][]byte) (int64, error) {
	n, err := w.Sendmsg(bufs, streamsock.DontWait)
	return int64(n), err
}

// Drain does not block if Writev does not.
func ExampleBuffer_Drain() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	b := fifo.New(16)
	b.Write([]byte("hello"))
	n, err := b.Drain(tryWriter{client})
	fmt.Println(n, err, b.Len())
	client.CloseWrite()
	n, err = b.Fill(server)
	fmt.Println(n, err, b.Len())
	n, err = b.Fill(server)
	fmt.Println(n, err, b.Len())
	// Output:
	// 5 <nil> 0
	// 5 <nil> 5
	// 0 EOF 5
}
