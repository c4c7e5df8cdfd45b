// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bufio"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"log"
	"slices"
	"strings"
	"unicode/utf16"

	"example.com/streamsock/streamsock"
)

// An archive sends and receives typed values, like CArchive of MFC on a
// CSocketFile. Each direction has its own buffer. Flush sends the encoded
// values, which form one message. The buffer for reading may contain data after
// a value, so a connection must have only one archive, and no other code may
// read from the connection.
type archive struct {
	*gob.Encoder
	*gob.Decoder
	*bufio.Writer
}

func newArchive(c *streamsock.Conn) archive {
	w := bufio.NewWriter(c)
	return archive{gob.NewEncoder(w), gob.NewDecoder(bufio.NewReader(c)), w}
}

type (
	order struct {
		Number int
		Items  []string
	}
	receipt struct {
		Order int
		Price float64
	}
)

// bill replies to orders until there are no more.
func bill(c *streamsock.Conn) error {
	a := newArchive(c)
	for {
		var o order
		if err := a.Decode(&o); err != nil {
			return err // io.EOF: the client has closed between two orders
		}
		if err := a.Encode(receipt{o.Number, 9.5 * float64(len(o.Items))}); err != nil {
			return err
		}
		if err := a.Flush(); err != nil {
			return err
		}
	}
}

// Two Go programs exchange typed values. With encoding/gob no description of
// the values is necessary, and each side may have fields that the other does
// not have.
func Example_archive() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	end := make(chan error)
	go func() { end <- bill(server) }()

	a := newArchive(client)
	for _, o := range []order{{1, []string{"bolt", "nut"}}, {2, []string{"screw"}}} {
		if err := a.Encode(o); err != nil {
			log.Fatal(err)
		}
	}
	if err := a.Flush(); err != nil { // both orders in one message
		log.Fatal(err)
	}
	for range 2 {
		var r receipt
		if err := a.Decode(&r); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("order %d costs %.2f\n", r.Order, r.Price)
	}
	client.CloseWrite()
	fmt.Println("the server ends with", <-end)
	// Output:
	// order 1 costs 19.00
	// order 2 costs 9.50
	// the server ends with EOF
}

// A program whose peer is not written in Go specifies the bytes of a value:
// encoding/binary writes the fields in order, here in little-endian byte order.
func Example_archiveBinary() {
	client, server := ends()
	defer client.Close()
	defer server.Close()

	type header struct {
		Version uint16
		Count   uint32
	}
	type point struct{ X, Y int16 }

	w := bufio.NewWriter(client)
	for _, v := range []any{header{3, 2}, point{1, -1}, point{256, 0}} {
		if err := binary.Write(w, binary.LittleEndian, v); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}

	r := bufio.NewReader(server)
	bytes, err := r.Peek(14)
	fmt.Printf("% x, %v\n", bytes, err)
	var h header
	if err := binary.Read(r, binary.LittleEndian, &h); err != nil {
		log.Fatal(err)
	}
	if h.Count > 1000 {
		log.Fatal("the peer says that there are too many") // and not make room for them
	}
	points := make([]point, h.Count)
	if err := binary.Read(r, binary.LittleEndian, points); err != nil {
		log.Fatal(err)
	}
	fmt.Println(h, points)
	// Output:
	// 03 00 02 00 00 00 01 00 ff ff 00 01 00 00, <nil>
	// {3 2} [{1 -1} {256 0}]
}

// windows1252 contains the characters 0x80 to 0x9f of Windows-1252, of which
// five are undefined. The others have the same number in Unicode.
var windows1252 = []rune("€\x00‚ƒ„…†‡ˆ‰Š‹Œ\x00Ž\x00" + "\x00‘’“”•–—˜™š›œ\x00žŸ")

// toANSI converts to Windows-1252. It fails for a character that does not exist
// there; the program decides whether to replace it by a question mark.
func toANSI(text string) ([]byte, error) {
	var b []byte
	for _, r := range text {
		switch i := slices.Index(windows1252, r); {
		case r < 0x80 || 0xa0 <= r && r <= 0xff:
			b = append(b, byte(r))
		case i >= 0:
			b = append(b, byte(0x80+i))
		default:
			return nil, fmt.Errorf("Windows-1252 has no %q, %U", r, r)
		}
	}
	return b, nil
}

// fromANSI converts from Windows-1252. It fails for an undefined byte.
func fromANSI(b []byte) (string, error) {
	var text strings.Builder
	for _, c := range b {
		r := rune(c)
		if 0x80 <= c && c <= 0x9f {
			if r = windows1252[c-0x80]; r == 0 {
				return "", fmt.Errorf("Windows-1252 has no %#x", c)
			}
		}
		text.WriteRune(r)
	}
	return text.String(), nil
}

// Two programs with different text encodings communicate: one uses UTF-16, the
// other the ANSI code page of western Europe. They send UTF-8, one line per
// text. Each program converts its own encoding and need not know that of the
// other.
func Example_archiveText() {
	wide, ansi := ends()
	defer wide.Close()
	defer ansi.Close()

	for _, text := range [][]uint16{
		{'G', 'r', 0xfc, 0xdf, 'e', ',', ' ', '5', ' ', 0x20ac}, // Grüße, 5 €
		{0x6771, 0x4eac},           // 東京
		{0xd83d, 0xde00, ' ', '='}, // one character of two words, a smile
	} {
		fmt.Fprintln(wide, string(utf16.Decode(text)))
	}
	wide.CloseWrite()
	for lines := bufio.NewScanner(ansi); lines.Scan(); {
		b, err := toANSI(lines.Text())
		fmt.Printf("%q %v\n", b, err)
	}

	for _, b := range [][]byte{[]byte("\x8arko\x9auje 3 \x80"), []byte("?\x81?")} {
		text, err := fromANSI(b)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Fprintln(ansi, text)
	}
	ansi.CloseWrite()
	for lines := bufio.NewScanner(wide); lines.Scan(); {
		fmt.Printf("%04x\n", utf16.Encode([]rune(lines.Text())))
	}
	// Output:
	// "Gr\xfc\xdfe, 5 \x80" <nil>
	// "" Windows-1252 has no '東', U+6771
	// "" Windows-1252 has no '😀', U+1F600
	// Windows-1252 has no 0x81
	// [0160 0072 006b 006f 0161 0075 006a 0065 0020 0033 0020 20ac]
}
