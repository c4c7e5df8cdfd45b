// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
)

// A proxyHeader is the header of the PROXY protocol, by which a proxy sends the
// address of its client to the server. The zero proxyHeader is that of a
// connection of the proxy itself. A server must accept a header only from known
// proxies.
type proxyHeader struct {
	Source, Destination netip.AddrPort
}

const (
	proxyMagic   = "\r\n\r\n\x00\r\nQUIT\n" // of version 2
	proxyFixed   = 16                       // bytes of version 2 before the addresses
	proxyLongest = 107                      // bytes of version 1
)

// Read reads the header from c, in version 1 or 2, and no data after it. The
// header must arrive before ctx ends.
func (h *proxyHeader) Read(ctx context.Context, c *streamsock.Conn) error {
	const shortest = len("PROXY UNKNOWN\r\n")
	header := make([]byte, shortest)
	if _, err := c.PeekFull(ctx, header); err != nil {
		return err
	}
	if string(header[:len(proxyMagic)]) == proxyMagic {
		return h.readBinary(ctx, c)
	}
	return h.readText(ctx, c, header)
}

// readText reads version 1: a line, whose end may not have arrived yet. Each
// PeekFull waits for one more byte than was available.
func (h *proxyHeader) readText(ctx context.Context, c *streamsock.Conn, line []byte) error {
	for !bytes.HasSuffix(line, []byte("\r\n")) {
		if len(line) == proxyLongest || !bytes.HasPrefix(line, []byte("PROXY ")) {
			return errors.New("no PROXY header")
		}
		line = make([]byte, len(line)+1)
		if _, err := c.PeekFull(ctx, line); err != nil {
			return err
		}
	}
	if _, err := io.ReadFull(c, line); err != nil {
		return err
	}
	fields := strings.Fields(string(line))
	if fields[1] == "UNKNOWN" {
		return nil
	}
	if len(fields) != 6 {
		return errors.New("PROXY header of wrong length")
	}
	var err error
	if h.Source, err = netip.ParseAddrPort(net.JoinHostPort(fields[2], fields[4])); err != nil {
		return err
	}
	h.Destination, err = netip.ParseAddrPort(net.JoinHostPort(fields[3], fields[5]))
	return err
}

// readBinary reads version 2, which contains its length.
func (h *proxyHeader) readBinary(ctx context.Context, c *streamsock.Conn) error {
	header := make([]byte, proxyFixed)
	if _, err := c.PeekFull(ctx, header); err != nil {
		return err
	}
	header = make([]byte, proxyFixed+int(binary.BigEndian.Uint16(header[14:])))
	if _, err := c.PeekFull(ctx, header); err != nil {
		return err
	}
	if _, err := io.ReadFull(c, header); err != nil {
		return err
	}
	local, family, rest := header[12] == 0x20, header[13], header[proxyFixed:]
	size := map[byte]int{0x11: 4, 0x21: 16}[family] // TCP over IPv4, over IPv6
	switch {
	case local || size == 0:
		return nil
	case len(rest) < 2*size+4:
		return errors.New("PROXY header of wrong length")
	}
	source, _ := netip.AddrFromSlice(rest[:size])
	destination, _ := netip.AddrFromSlice(rest[size : 2*size])
	ports := rest[2*size:]
	h.Source = netip.AddrPortFrom(source, binary.BigEndian.Uint16(ports))
	h.Destination = netip.AddrPortFrom(destination, binary.BigEndian.Uint16(ports[2:]))
	return nil
}

// AppendBinary appends the header in version 2.
func (h *proxyHeader) AppendBinary(b []byte) ([]byte, error) {
	source, destination := h.Source.Addr().Unmap(), h.Destination.Addr().Unmap()
	b = append(b, proxyMagic...)
	switch {
	case !h.Source.IsValid():
		return append(b, 0x20, 0, 0, 0), nil
	case source.BitLen() != destination.BitLen():
		return nil, errors.New("addresses of two families")
	case source.Is4():
		b = append(b, 0x21, 0x11, 0, 12)
	default:
		b = append(b, 0x21, 0x21, 0, 36)
	}
	b = append(append(b, source.AsSlice()...), destination.AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, h.Source.Port())
	return binary.BigEndian.AppendUint16(b, h.Destination.Port()), nil
}

// A server behind a proxy reads the address of its client. It waits for the
// header without a busy loop, and leaves the data after it to the next read.
func Example_proxyHeader() {
	for _, header := range []string{
		"PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n",
		proxyMagic + "\x21\x21\x00\x24" +
			"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" +
			"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\xdc\x04\x01\xbb",
		"PROXY UNKNOWN\r\n",
	} {
		proxy, server := ends()
		go func() {
			for _, b := range []byte(header) { // the worst case: byte by byte
				proxy.Write([]byte{b})
			}
			io.WriteString(proxy, "GET / HTTP/1.1")
			proxy.Close()
		}()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		var h proxyHeader
		if err := h.Read(ctx, server); err != nil {
			log.Fatal(err)
		}
		cancel()
		rest, err := io.ReadAll(server)
		fmt.Printf("%v %s %v\n", h.Source, rest, err)
		server.Close()
	}
	// Output:
	// 192.0.2.1:56324 GET / HTTP/1.1 <nil>
	// [2001:db8::1]:56324 GET / HTTP/1.1 <nil>
	// invalid AddrPort GET / HTTP/1.1 <nil>
}
