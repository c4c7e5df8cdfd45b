// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// abort asks an FTP server to end a transfer. The server does not look at the
// commands meanwhile, but it does at urgent data: RFC 959, section 4.1.3, has
// the client send Telnet's Interrupt Process and Synch, whose data mark is
// urgent, before the command. It is that of Example_ftpAbort.
func abort(control *streamsock.Conn) error {
	const iac, ip, dm = 255, 244, 242 // RFC 854
	if _, err := control.Send([]byte{iac, ip, iac, dm}, streamsock.OOB); err != nil {
		return err
	}
	_, err := io.WriteString(control, "ABOR\r\n")
	return err
}

// abortInBand sends the same bytes, none of them urgent.
func abortInBand(control *streamsock.Conn) error {
	_, err := io.WriteString(control, "\xff\xf4\xff\xf2ABOR\r\n")
	return err
}

const (
	fileSize   = 300 << 20
	readBefore = 1 << 20
)

// TestVsftpd aborts the download of a large file.
func TestVsftpd(t *testing.T) {
	t.Run("urgent", func(t *testing.T) {
		f := download(t)
		if err := abort(f.control); err != nil {
			t.Fatal(err)
		}
		// The file is not read until the server has replied, so that it could
		// not send all of it.
		f.reply("426")
		f.reply("226")
		if n := f.rest(); n > fileSize/10 {
			t.Errorf("received %d bytes of %d after the abort", n, fileSize)
		} else {
			t.Logf("received %d bytes", readBefore+n)
		}
		f.command("NOOP", "200")
	})
	t.Run("not urgent", func(t *testing.T) {
		f := download(t)
		if err := abortInBand(f.control); err != nil {
			t.Fatal(err)
		}
		if n := f.rest(); n != fileSize-readBefore {
			t.Errorf("received %d bytes of %d", readBefore+n, fileSize)
		}
		f.reply("226") // the transfer is complete
		f.reply("225") // there is nothing to abort
	})
}

// An ftpClient is a client in the midst of a download.
type ftpClient struct {
	t       *testing.T
	control *streamsock.Conn
	replies *bufio.Reader
	data    *streamsock.Conn
}

// download starts vsftpd, begins to download a file and reads some of it.
func download(t *testing.T) *ftpClient {
	t.Helper()
	control := vsftpd(t)
	f := &ftpClient{t: t, control: control, replies: bufio.NewReader(control)}
	f.reply("220")
	f.command("USER anonymous", "230")
	f.command("TYPE I", "200")
	f.data = dial(t, f.passive())
	f.command("RETR file", "150")
	if n, err := io.CopyN(io.Discard, f.data, readBefore); err != nil {
		t.Fatalf("%v after %d bytes of the file", err, n)
	}
	return f
}

func (f *ftpClient) command(line, want string) string {
	f.t.Helper()
	if _, err := io.WriteString(f.control, line+"\r\n"); err != nil {
		f.t.Fatalf("%s: %v", line, err)
	}
	return f.reply(want)
}

// reply reads a reply, which must begin with want.
func (f *ftpClient) reply(want string) string {
	f.t.Helper()
	line, err := f.replies.ReadString('\n')
	if !strings.HasPrefix(line, want+" ") || err != nil {
		f.t.Fatalf("the server replied %q, %v, want %s", line, err, want)
	}
	return line
}

// passive returns the address that the server listens at for the file.
func (f *ftpClient) passive() string {
	f.t.Helper()
	line := f.command("PASV", "227")
	_, list, _ := strings.Cut(line, "(")
	var a, b, c, d, high, low int
	if _, err := fmt.Sscanf(list, "%d,%d,%d,%d,%d,%d)", &a, &b, &c, &d, &high, &low); err != nil {
		f.t.Fatalf("%q: %v", line, err)
	}
	return fmt.Sprintf("%d.%d.%d.%d:%d", a, b, c, d, high<<8|low)
}

// rest reads the file to its end and returns the number of bytes.
func (f *ftpClient) rest() int64 {
	f.t.Helper()
	for _, c := range []*streamsock.Conn{f.control, f.data} {
		c.SetDeadline(time.Now().Add(2 * patience)) // it is large
	}
	n, err := io.Copy(io.Discard, f.data)
	if err != nil {
		f.t.Fatalf("%v after %d bytes of the file", err, readBefore+n)
	}
	return n
}

// TestTnftp is the server of a client whose user presses ^C during a download.
func TestTnftp(t *testing.T) {
	path := program(t, "tnftp")
	l := listen(t)
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	user := onTerminal(t, path, "-n", "-v", "127.0.0.1", port)
	s := &ftpServer{t: t, control: accept(t, l)}
	s.lines = bufio.NewReader(s.control)
	s.say("220 ready")
	user.hear("ftp> ")
	user.say("user me secret\n")
	s.until("USER", "331 password")
	s.until("PASS", "230 in")
	user.say("get file " + os.DevNull + "\n")
	s.until("RETR", "150 coming")

	coming := s.transfer()
	await(t, coming.begun)
	user.say("\x03")
	if before := toMark(t, s.control); before != "\xff\xf4" {
		t.Errorf("before the mark %q, want IAC IP", before)
	}
	wantUrgent(t, s.control, 0xff)
	wantRead(t, s.control, "\xf2ABOR\r\n")
	coming.data.Close()
	await(t, coming.ended)
	s.say("426 aborted")
	s.say("226 done")
	user.hear("426 aborted")
	user.say("quit\n")
	s.until("QUIT", "221 bye")
}

// An ftpServer serves one client, step by step.
type ftpServer struct {
	t       *testing.T
	control *streamsock.Conn
	lines   *bufio.Reader
	passive *streamsock.Listener
}

func (s *ftpServer) say(line string) {
	s.t.Helper()
	if _, err := io.WriteString(s.control, line+"\r\n"); err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
}

// until serves commands until one begins with the verb, and replies to that.
func (s *ftpServer) until(verb, reply string) {
	s.t.Helper()
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			s.t.Fatalf("%v before %s", err, verb)
		}
		switch {
		case strings.HasPrefix(line, verb):
			s.say(reply)
			return
		case strings.HasPrefix(line, "PASV"):
			s.passive = listen(s.t)
			port := s.passive.Addr().(*net.TCPAddr).Port
			s.say(fmt.Sprintf("227 entering passive mode (127,0,0,1,%d,%d)", port>>8, port&0xff))
		case strings.HasPrefix(line, "TYPE"):
			s.say("200 as you like")
		default: // there is a simpler way for each
			s.say("500 unknown command")
		}
	}
}

// unread is more than the capacity of the buffers of the two sockets without a
// reader: the sender's is set, and that of the receiver grows only when it is
// read. If as much has been sent, the other side reads.
const unread = 16 << 20

// A transfer is a file without end on its way. It has begun when the client
// reads it.
type transfer struct {
	data         *streamsock.Conn
	begun, ended chan struct{}
}

// transfer accepts the client's data connection and sends until it is closed.
func (s *ftpServer) transfer() *transfer {
	s.t.Helper()
	x := &transfer{accept(s.t, s.passive), make(chan struct{}), make(chan struct{})}
	if err := x.data.SetWriteBuffer(1 << 16); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer close(x.ended)
		block := make([]byte, 1<<20)
		for sent := 0; ; sent += len(block) {
			if _, err := x.data.Write(block); err != nil {
				return
			}
			if sent == unread {
				close(x.begun)
			}
		}
	}()
	return x
}
