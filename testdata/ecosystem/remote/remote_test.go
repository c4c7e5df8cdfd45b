// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package remote runs SSH, FTP and SMTP.
package remote

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/jlaffaye/ftp"
	"golang.org/x/crypto/ssh"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// TestSSHServer talks to OpenSSH's server.
func TestSSHServer(t *testing.T) {
	address := forms.Need(t, "ECOSYSTEM_SSH")
	key, err := os.ReadFile(forms.Need(t, "ECOSYSTEM_SSH_KEY"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &ssh.ClientConfig{User: "root", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	forms.Compare(t, "golang.org/x/crypto/ssh and OpenSSH", func(e *forms.Env) {
		connect := func(address string, patience time.Duration) (*ssh.Client, error) {
			c, err := e.DialTimeout("tcp", address, time.Second)
			if err != nil {
				return nil, err
			}
			c.SetDeadline(time.Now().Add(patience))
			sc, channels, requests, err := ssh.NewClientConn(c, address, cfg)
			if err != nil {
				c.Close()
				return nil, err
			}
			c.SetDeadline(time.Time{})
			client := ssh.NewClient(sc, channels, requests)
			e.T.Cleanup(func() { client.Close() })
			return client, nil
		}
		c, err := connect(address, 10*time.Second)
		if err != nil {
			e.T.Fatal(err)
		}
		sshCommands(e, c)
		sshForwards(e, c)
		_, err = connect(forms.Refused(e.T), time.Second)
		e.Err("refused", err)
		_, err = connect(forms.Silent(e.T).Addr().String(), 300*time.Millisecond)
		e.Err("silent", err)
		for _, how := range forms.Breaks {
			b := forms.NewBreaker(e.T, address)
			c, err := connect(b.Addr(), 10*time.Second)
			if err != nil {
				e.T.Fatal(err)
			}
			b.BreakAfter(1<<20, how)
			_, err = sshOutput(c, nil, "head -c 20000000 /dev/zero")
			e.Err("broken in an output by "+how, err)
			e.Log("wait: an error %t", c.Wait() != nil) // the reader or the writer has that of the break
		}
	})
}

func sshOutput(c *ssh.Client, stdin io.Reader, command string) ([]byte, error) {
	s, err := c.NewSession()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.Stdin = stdin
	return s.Output(command)
}

func sshCommands(e *forms.Env, c *ssh.Client) {
	out, err := sshOutput(c, nil, "head -c 20000000 /dev/zero")
	e.Log("output %d %v", len(out), err)
	out, err = sshOutput(c, bytes.NewReader(make([]byte, 5<<20)), "wc -c")
	e.Log("input %s %v", bytes.TrimSpace(out), err)
	_, err = sshOutput(c, nil, "exit 3")
	e.Err("exit", err)
}

// sshForwards forwards connections in both directions.
func sshForwards(e *forms.Env, c *ssh.Client) {
	l := e.Listen()
	defer l.Close()
	echoOne := func(l net.Listener) {
		c, err := l.Accept()
		if err != nil {
			return
		}
		io.Copy(c, c)
		c.Close()
	}
	go echoOne(l)
	d, err := c.Dial("tcp", l.Addr().String())
	if err != nil {
		e.T.Fatal(err)
	}
	defer d.Close()
	go func() {
		d.Write(make([]byte, 2<<20))
		d.(interface{ CloseWrite() error }).CloseWrite()
	}()
	got, err := io.ReadAll(d)
	e.Log("forward %d %v", len(got), err)
	_, err = c.Dial("tcp", forms.Refused(e.T))
	e.Err("forward refused", err)
	back, err := c.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		e.T.Fatal(err)
	}
	defer back.Close()
	go echoOne(back)
	x, err := e.Dial("tcp", back.Addr().String())
	if err != nil {
		e.T.Fatal(err)
	}
	defer x.Close()
	io.WriteString(x, "around")
	x.(interface{ CloseWrite() error }).CloseWrite()
	got, err = io.ReadAll(x)
	e.Log("back %s %v", got, err)
}

// TestSSHBoth has the library at both ends.
func TestSSHBoth(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &ssh.ServerConfig{NoClientAuth: true}
	cfg.AddHostKey(signer)
	forms.Compare(t, "golang.org/x/crypto/ssh", func(e *forms.Env) {
		l := e.Listen()
		defer l.Close()
		go func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, channels, requests, err := ssh.NewServerConn(c, cfg)
			if err != nil {
				c.Close()
				return
			}
			go ssh.DiscardRequests(requests)
			for offered := range channels {
				ch, requests, err := offered.Accept()
				if err != nil {
					return
				}
				go ssh.DiscardRequests(requests)
				go func() {
					io.Copy(ch, ch)
					ch.Close()
				}()
			}
		}()
		nc, err := e.Dial("tcp", l.Addr().String())
		if err != nil {
			e.T.Fatal(err)
		}
		sc, channels, requests, err := ssh.NewClientConn(nc, "x", &ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()})
		if err != nil {
			e.T.Fatal(err)
		}
		c := ssh.NewClient(sc, channels, requests)
		defer c.Close()
		ch, chRequests, err := c.OpenChannel("echo", nil)
		if err != nil {
			e.T.Fatal(err)
		}
		go ssh.DiscardRequests(chRequests)
		data := make([]byte, 8<<20)
		rand.Read(data)
		go func() {
			ch.Write(data)
			ch.CloseWrite()
		}()
		got, err := io.ReadAll(ch)
		e.Log("same %t %v", bytes.Equal(got, data), err)
	})
}

func TestFTP(t *testing.T) {
	address := forms.Need(t, "ECOSYSTEM_FTP")
	forms.Compare(t, "github.com/jlaffaye/ftp", func(e *forms.Env) {
		for _, withTLS := range []bool{false, true} {
			// With TLS 1.3, the server sends session tickets, which a client that stores a
			// file does not read: its Close may reset the connection.
			config := &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(4)}
			isControl := true // the first; with a hook, the library does not add TLS to the others
			hook := func(network, address string) (net.Conn, error) {
				c, err := e.Dial(network, address)
				if err != nil || !withTLS || isControl {
					isControl = false
					return c, err
				}
				return tls.Client(c, config), nil
			}
			opts := []ftp.DialOption{ftp.DialWithDialFunc(hook), ftp.DialWithTimeout(5 * time.Second)}
			if withTLS {
				opts = append(opts, ftp.DialWithExplicitTLS(config))
			}
			c, err := ftp.Dial(address, opts...)
			if err != nil {
				e.T.Fatal(err)
			}
			ftpWork(e, c, fmt.Sprintf("file-%s-%t", e.Form, withTLS))
			e.Err("quit", c.Quit())
		}
		_, err := ftp.Dial(forms.Refused(e.T), ftp.DialWithDialFunc(e.Dial))
		e.Err("refused", err)
	})
}

func ftpWork(e *forms.Env, c *ftp.ServerConn, name string) {
	e.Err("login", c.Login("streamftp", "streamftp"))
	data := bytes.Repeat([]byte("file transfer\n"), 200_000)
	e.Err("store", c.Stor(name, bytes.NewReader(data)))
	r, err := c.Retr(name)
	if err != nil {
		e.T.Fatal(err)
	}
	got, err := io.ReadAll(r)
	e.Log("retrieve %t %v, close %v", bytes.Equal(got, data), err, r.Close())
	if r, err = c.RetrFrom(name, 1000); err != nil {
		e.T.Fatal(err)
	}
	got, err = io.ReadAll(r)
	e.Log("rest %d %v, close %v", len(got), err, r.Close())
	if r, err = c.Retr(name); err != nil {
		e.T.Fatal(err)
	}
	io.ReadFull(r, make([]byte, 1000))
	r.Close() // in the middle
	e.Err("noop", c.NoOp())
	entries, err := c.List(".")
	e.Log("list %t %v", len(entries) > 0, err)
	e.Err("delete", c.Delete(name))
}

// A mailbox is a server of mail that hashes what it gets.
type mailbox struct{ got chan string }

func (b *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: b}, nil }

type mailSession struct {
	box  *mailbox
	from string
	to   []string
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "u" || password != "p" {
			return errors.New("wrong password")
		}
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.box.got <- fmt.Sprintf("%s %v %d %x %v", s.from, s.to, len(b), sha256.Sum256(b), err)
	return err
}

func (s *mailSession) Reset()        { s.from, s.to = "", nil }
func (s *mailSession) Logout() error { return nil }

func TestSMTP(t *testing.T) {
	server, client := testnet.ServerTLS(t), testnet.ClientTLS(t)
	forms.Compare(t, "github.com/emersion/go-smtp", func(e *forms.Env) {
		box := &mailbox{make(chan string, 10)}
		s := smtp.NewServer(box)
		s.Domain, s.AllowInsecureAuth, s.MaxMessageBytes = "x", true, 10<<20
		s.ReadTimeout, s.WriteTimeout = 5*time.Second, 5*time.Second
		s.TLSConfig = server
		l := e.Listen()
		done := make(chan error, 1)
		go func() { done <- s.Serve(l) }()
		for _, withTLS := range []bool{false, true} {
			nc, err := e.Dial("tcp", l.Addr().String())
			if err != nil {
				e.T.Fatal(err)
			}
			c := smtp.NewClient(nc)
			if withTLS {
				if c, err = smtp.NewClientStartTLS(nc, client); err != nil {
					e.T.Fatal(err)
				}
			}
			e.Err("hello", c.Hello("me"))
			e.Err("auth", c.Auth(sasl.NewPlainClient("", "u", "p")))
			for range 3 {
				e.Err("send", c.SendMail("a@x", []string{"b@x", "c@x"}, strings.NewReader(strings.Repeat("line of text\r\n", 50_000))))
				e.Log("%s", <-box.got)
			}
			e.Err("quit", c.Quit())
		}
		e.Err("close", s.Close())
		e.Err("serve", <-done)
	})
}
