// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Echo is a server of other libraries that internal/cmd/versus compares streamsock
// with. It is a module of its own, so that the libraries are no dependency of
// streamsock.
//
//	echo gnet|netpoll PORT
//
// sends back what arrives on a port of 127.0.0.1. Without arguments it prints the
// versions of the libraries.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"runtime/debug"

	"github.com/cloudwego/netpoll"
	"github.com/panjf2000/gnet/v2"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("echo: ")
	switch {
	case len(os.Args) == 1:
		versions()
	case len(os.Args) == 3 && os.Args[1] == "gnet":
		log.Fatal(byGnet(address()))
	case len(os.Args) == 3 && os.Args[1] == "netpoll":
		log.Fatal(byNetpoll(address()))
	default:
		log.Fatal("usage: echo [gnet|netpoll PORT]")
	}
}

func address() string { return net.JoinHostPort("127.0.0.1", os.Args[2]) }

// versions prints the versions of the two libraries.
func versions() {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		log.Fatal("no build information")
	}
	for _, m := range info.Deps {
		switch m.Path {
		case "github.com/panjf2000/gnet/v2":
			fmt.Println("gnet", m.Version)
		case "github.com/cloudwego/netpoll":
			fmt.Println("netpoll", m.Version)
		}
	}
}

type echo struct{ gnet.BuiltinEventEngine }

func (*echo) OnTraffic(c gnet.Conn) gnet.Action {
	p, err := c.Next(-1)
	if err == nil {
		_, err = c.Write(p)
	}
	if err != nil {
		return gnet.Close
	}
	return gnet.None
}

// byGnet serves by gnet, with the event loop in one goroutine.
func byGnet(address string) error {
	return gnet.Run(&echo{}, "tcp4://"+address, gnet.WithMulticore(false), gnet.WithTCPNoDelay(gnet.TCPNoDelay))
}

// byNetpoll serves by netpoll.
func byNetpoll(address string) error {
	l, err := netpoll.CreateListener("tcp4", address)
	if err != nil {
		return err
	}
	loop, err := netpoll.NewEventLoop(func(_ context.Context, c netpoll.Connection) error {
		r, w := c.Reader(), c.Writer()
		p, err := r.Next(r.Len())
		if err != nil {
			return err
		}
		if _, err := w.WriteBinary(p); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		return r.Release()
	})
	if err != nil {
		return err
	}
	return loop.Serve(l)
}
