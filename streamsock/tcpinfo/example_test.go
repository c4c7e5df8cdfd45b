// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo_test

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"log"
	"net"

	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// dial connects to a listener on this machine.
func dial() (*net.TCPConn, func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	return c.(*net.TCPConn), func() { c.Close(); l.Close() }
}

func ExampleGet() {
	c, done := dial()
	defer done()

	info, err := tcpinfo.Get(c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.State)
	fmt.Println(info.RTT > 0, info.SndCwnd >= info.SndMSS)
	// Output:
	// ESTABLISHED
	// true true
}

// A field that the kernel does not report is distinguished from zero.
func ExampleInfo_Has() {
	info, err := tcpinfo.Parse("linux", binary.LittleEndian, make([]byte, 104)) // of Linux 3.10
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range []tcpinfo.Field{tcpinfo.FieldSegsRetransmitted, tcpinfo.FieldBytesRetransmitted} {
		fmt.Println(f, info.Has(f))
	}
	// Output:
	// SegsRetransmitted true
	// BytesRetransmitted false
}

// A program that calls Update repeatedly uses one Info.
func ExampleInfo_Update() {
	c, done := dial()
	defer done()

	var info tcpinfo.Info
	for range 3 {
		if err := info.Update(c); err != nil {
			log.Fatal(err)
		}
		fmt.Println(info.State, info.NotSent)
	}
	// Output:
	// ESTABLISHED 0
	// ESTABLISHED 0
	// ESTABLISHED 0
}

// Statistics of the TCP connection under TLS.
func ExampleGet_tls() {
	c, done := dial()
	defer done()
	var conn net.Conn = tls.Client(c, &tls.Config{ServerName: "example.com"})

	sc, err := sockopt.Unwrap(conn)
	if err != nil {
		log.Fatal(err)
	}
	info, err := tcpinfo.Get(sc)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.State)
	// Output: ESTABLISHED
}

// A structure from another machine, and the names that its kernel uses for the
// members.
func ExampleParse() {
	b := []byte{
		0x01, 0x00, 0x00, 0x00, 0x00, 0x07, 0xa7, 0x00, // tcpi_state ...
		0x00, 0x03, 0x1c, 0xe0, // tcpi_rto
	}
	info, err := tcpinfo.Parse("linux", binary.BigEndian, b)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info)
	for name, value := range info.Sys.Members() {
		if name == "tcpi_rto" {
			fmt.Println(name, value)
		}
	}
	// Output:
	// State=ESTABLISHED CAState=open Timestamps=true SACK=true WindowScale=true SndWScale=10 RcvWScale=7 ECN=false ECNSeen=false FastOpen=none RTO=204ms Retransmits=0 Probes=0 Backoff=0
	// tcpi_rto 204000
}

func ExampleGetCongestion() {
	c, done := dial()
	defer done()
	if err := sockopt.Congestion.Set(c, "reno"); err != nil {
		log.Fatal(err)
	}

	cc, err := tcpinfo.GetCongestion(c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cc.Algorithm)
	if cc.BBR != nil {
		fmt.Println("paced at", cc.BBR.PacingGain, "times", cc.BBR.Bandwidth, "bytes a second")
	}
	// Output: reno
}
