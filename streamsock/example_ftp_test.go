// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"

	"example.com/streamsock/streamsock"
)

// abortTransfer asks an FTP server to abort a transfer. The server does not
// read commands meanwhile, but notices urgent data: RFC 959, section 4.1.3,
// requires the client to send Telnet's Interrupt Process and Synch, whose data
// mark is urgent, before the command.
func abortTransfer(control *streamsock.Conn) error {
	const iac, ip, dm = 255, 244, 242 // RFC 854
	if _, err := control.Send([]byte{iac, ip, iac, dm}, streamsock.OOB); err != nil {
		return err
	}
	_, err := io.WriteString(control, "ABOR\r\n")
	return err
}

// serveTransfer is the control connection of an FTP server during a transfer.
// It returns what the client has sent.
func serveTransfer(control *streamsock.Conn) (skipped, mark, command string, err error) {
	// As RFC 6093 advises, receive the urgent byte inline: then it is not lost
	// if a firewall clears the mark.
	if err := control.SetOOBInline(true); err != nil {
		return "", "", "", err
	}
	fmt.Fprint(control, "150 here it comes\r\n")
	// The server sends the file here, while another goroutine waits.
	if err := control.WaitUrgent(context.Background()); err != nil {
		return "", "", "", err
	}

	// Discard what was sent before the mark.
	buf := make([]byte, 64)
	for {
		marked, err := control.AtMark()
		if err != nil {
			return "", "", "", err
		}
		if marked {
			break
		}
		n, err := control.Read(buf)
		if err != nil {
			return "", "", "", err
		}
		skipped += string(buf[:n])
	}
	line, err := bufio.NewReader(control).ReadString('\n')
	if err != nil {
		return "", "", "", err
	}
	fmt.Fprint(control, "426 the transfer is aborted\r\n226 done\r\n")
	return skipped, line[:1], line[1:], nil
}

// An FTP client aborts a transfer with urgent data.
func Example_ftpAbort() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		skipped, mark, command, err := serveTransfer(server)
		fmt.Printf("the server skips %q, and gets the mark %q and the command %q, %v\n", skipped, mark, command, err)
	}()

	replies := bufio.NewScanner(client)
	replies.Scan()
	begun := replies.Text()
	if err := abortTransfer(client); err != nil {
		log.Fatal(err)
	}
	<-done
	fmt.Println(begun)
	for range 2 {
		replies.Scan()
		fmt.Println(replies.Text())
	}
	// Output:
	// the server skips "\xff\xf4\xff", and gets the mark "\xf2" and the command "ABOR\r\n", <nil>
	// 150 here it comes
	// 426 the transfer is aborted
	// 226 done
}
