// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux || darwin || freebsd || netbsd || openbsd

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// unixEnds returns both ends of a connection of Unix sockets.
func unixEnds() (client, server *streamsock.UnixConn) {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(folder, "socket"), Net: "unix"})
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	var d streamsock.Dialer
	c, err := d.DialContext(context.Background(), "unix", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	nc, err := l.AcceptUnix()
	if err != nil {
		log.Fatal(err)
	}
	server, err = streamsock.WrapUnix(nc)
	if err != nil {
		log.Fatal(err)
	}
	return c.(*streamsock.UnixConn), server
}

// A server passes one of its connections to its successor in another process.
// The client is not affected.
func ExampleUnixConn_SendFiles() {
	old, successor := unixEnds()
	defer old.Close()
	defer successor.Close()
	client, server := ends()
	defer client.Close()

	// In the old process:
	if _, err := old.SendFiles([]byte{0}, server); err != nil {
		log.Fatal(err)
	}
	server.Close()

	// In the new one:
	_, files, err := successor.RecvFiles(make([]byte, 1), 1)
	if err != nil {
		log.Fatal(err)
	}
	c, err := streamsock.FileConn(files[0])
	files[0].Close()
	if err != nil {
		log.Fatal(err)
	}
	io.WriteString(c, "from the successor")
	c.Close()

	answer, err := io.ReadAll(client)
	fmt.Printf("%s, %v\n", answer, err)
	// Output: from the successor, <nil>
}

// A server reads the credentials of its client before it reads any data.
func ExampleUnixConn_PeerCred() {
	client, server := unixEnds()
	defer client.Close()
	defer server.Close()
	cred, err := server.PeerCred()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the same user:", cred.UID == os.Geteuid())
	// Output: the same user: true
}

// A database driver calls its dial function with network "unix" if the address
// is a path. A Dialer connects to both kinds of servers, and sets the options
// that both support.
func ExampleDialer_DialContext() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	d := &streamsock.Dialer{Options: []sockopt.Setting{sockopt.WriteBuffer.To(64 << 10)}}
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(folder, "db")} {
		l, err := net.Listen(network, address)
		if err != nil {
			log.Fatal(err)
		}
		hook := d.DialContext // of a driver: DialFunc, Dialer, DialContext
		c, err := hook(context.Background(), network, l.Addr().String())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%T\n", c)
		c.Close()
		l.Close()
	}

	d.Options = append(d.Options, sockopt.UserTimeout.To(time.Second))
	_, err = d.Dial("unix", filepath.Join(folder, "db"))
	fmt.Println(errors.Is(err, errors.ErrUnsupported))
	// Unordered output:
	// *streamsock.Conn
	// *streamsock.UnixConn
	// true
}
