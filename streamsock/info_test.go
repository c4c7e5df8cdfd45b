// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// infoPair returns the two ends of a connection, or skips the test if there is
// no TCP_INFO.
func infoPair(tb testing.TB) (client, server *streamsock.Conn) {
	tb.Helper()
	if os.Getenv("STREAMSOCK_EMULATOR") == "qemu-user" {
		tb.Skip("qemu-user returns only 4 bytes of TCP_INFO")
	}
	c, s := testnet.Pair(tb, "tcp4")
	client, err := streamsock.Wrap(c)
	if err != nil {
		tb.Fatal(err)
	}
	server, err = streamsock.Wrap(s)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err = client.Info(); errors.Is(err, errors.ErrUnsupported) && runtime.GOOS != "linux" {
		tb.Skip(err)
	}
	return client, server
}

func TestInfo(t *testing.T) {
	client, server := infoPair(t)
	if _, err := client.Write([]byte("12345")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(server, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	i, err := server.Info()
	if err != nil {
		t.Fatal(err)
	}
	if i.State != tcpinfo.Established || i.SndMSS == 0 || i.Has(tcpinfo.FieldBytesReceived) && i.BytesReceived != 5 {
		t.Errorf("%v", i)
	}

	// The peer has closed, and there is something unread before that.
	client.Write([]byte("6"))
	client.CloseWrite()
	for end := time.Now().Add(patience); i.State != tcpinfo.CloseWait; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%v", i)
		}
		if i, err = server.Info(); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := server.Available(); n != 1 || err != nil {
		t.Errorf("%d bytes are there, %v", n, err)
	}
}

func TestInfoUnderTLS(t *testing.T) {
	client, _ := infoPair(t)
	sc, err := sockopt.Unwrap(tls.Client(client, &tls.Config{ServerName: "example.com"}))
	if err != nil {
		t.Fatal(err)
	}
	i, err := tcpinfo.Get(sc)
	if err != nil || i.State != tcpinfo.Established {
		t.Errorf("%v, %v", i, err)
	}
}

func TestInfoErrors(t *testing.T) {
	client, _ := infoPair(t)
	client.Close()
	i, err := client.Info()
	var e *net.OpError
	if i != nil || !errors.Is(err, net.ErrClosed) || !errors.As(err, &e) || e.Addr == nil || e.Source == nil {
		t.Errorf("closed: %v, %#v", i, err)
	}
	for _, c := range []*streamsock.Conn{nil, {}} {
		if i, err := c.Info(); i != nil || err == nil {
			t.Errorf("%v: %v, %v", c, i, err)
		}
	}
}

func TestInfoUpdateAllocs(t *testing.T) {
	client, _ := infoPair(t)
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	var i tcpinfo.Info
	if n := testing.AllocsPerRun(100, func() {
		if err := i.Update(client); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// slowness returns the reason that has limited the speed of a transfer.
func slowness(info *tcpinfo.Info) string {
	half := info.BusyTime / 2
	switch {
	case !info.Has(tcpinfo.FieldBusyTime):
		return "unknown on this system"
	case info.RwndLimited > half:
		return "the peer reads too slowly"
	case info.SndbufLimited > half:
		return "the send buffer is too small"
	case info.SegsRetransmitted > 0:
		return "segments are lost"
	}
	return "the path, or the program that sends"
}

// A transfer is slow. Its TCP_INFO shows the reason.
func ExampleConn_Info() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	go client.Write(make([]byte, 16<<20)) // and the server does not read

	time.Sleep(200 * time.Millisecond)
	info, err := client.Info()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(slowness(info))
	fmt.Println("bytes written and not sent yet:", info.NotSent)
	fmt.Println("round-trip time:", info.RTT)
}
