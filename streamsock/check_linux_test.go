// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// What Check distinguishes on Linux, and its cost there.

package streamsock_test

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestCheckLinux checks the states that only Linux reports, or reports in this
// way.
func TestCheckLinux(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		for _, tt := range []struct {
			name string
			test func(t *testing.T, c, peer *streamsock.Conn)
		}{
			{"FIN behind data", func(t *testing.T, c, peer *streamsock.Conn) {
				put(t, peer, c, []byte("data"))
				peer.CloseWrite()
				becomes(t, c, streamsock.HalfClosed, nil)
				takeRest(t, c, []byte("data"))
				becomes(t, c, streamsock.HalfClosed, nil)
			}},
			{"RST behind data", func(t *testing.T, c, peer *streamsock.Conn) {
				put(t, peer, c, []byte("data"))
				abortConn(peer.TCPConn)
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
				take(t, c, []byte("data"))
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
				readsTo(t, c, syscall.ECONNRESET)
				becomes(t, c, streamsock.Closed, io.EOF)
				readsTo(t, c, io.EOF)
			}},
			{"RST behind FIN", func(t *testing.T, c, peer *streamsock.Conn) {
				peer.CloseWrite()
				becomes(t, c, streamsock.HalfClosed, nil)
				abortConn(peer.TCPConn)
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
				readsTo(t, c, io.EOF)
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
				if _, err := c.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
					t.Errorf("Write: %v", err)
				}
			}},
			{"both ended, we first", func(t *testing.T, c, peer *streamsock.Conn) {
				c.CloseWrite()
				put(t, peer, c, []byte("data"))
				peer.Close()
				becomes(t, c, streamsock.Closed, io.EOF)
				takeRest(t, c, []byte("data"))
				becomes(t, c, streamsock.Closed, io.EOF)
			}},
			{"both ended, the peer first", func(t *testing.T, c, peer *streamsock.Conn) {
				peer.CloseWrite()
				becomes(t, c, streamsock.HalfClosed, nil)
				c.CloseWrite()
				becomes(t, c, streamsock.Closed, io.EOF)
				readsTo(t, c, io.EOF)
			}},
			{"after CloseRead", func(t *testing.T, c, peer *streamsock.Conn) {
				c.CloseRead()
				becomes(t, c, streamsock.Idle, nil)
				put(t, peer, c, []byte("data"))
				becomes(t, c, streamsock.Pending, nil)
				take(t, c, []byte("data"))
				becomes(t, c, streamsock.Idle, nil)
				peer.CloseWrite()
				becomes(t, c, streamsock.HalfClosed, nil)
				abortConn(peer.TCPConn)
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
			}},
			{"after Shutdown of both", func(t *testing.T, c, peer *streamsock.Conn) {
				c.Shutdown(streamsock.ShutBoth)
				becomes(t, c, streamsock.Idle, nil)
				peer.CloseWrite()
				becomes(t, c, streamsock.Closed, io.EOF)
			}},
			{"data after Shutdown of both", func(t *testing.T, c, peer *streamsock.Conn) {
				c.Shutdown(streamsock.ShutBoth)
				peer.Write([]byte("data"))
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken) // the system resets it
			}},
			{"urgent byte alone", func(t *testing.T, c, peer *streamsock.Conn) {
				urge(t, peer, c, "!")
				becomes(t, c, streamsock.Idle, nil)
				b, err := c.ReadUrgent()
				if b != '!' || err != nil {
					t.Errorf("ReadUrgent: %q, %v", b, err)
				}
				becomes(t, c, streamsock.Idle, nil)
				urge(t, peer, c, "!")
				peer.CloseWrite()
				becomes(t, c, streamsock.HalfClosed, nil)
				if b, err := c.ReadUrgent(); b != '!' || err != nil {
					t.Errorf("ReadUrgent before the end: %q, %v", b, err)
				}
			}},
			{"at the mark", func(t *testing.T, c, peer *streamsock.Conn) {
				put(t, peer, c, []byte("before"))
				urge(t, peer, c, "!")
				becomes(t, c, streamsock.Pending, nil)
				take(t, c, []byte("before"))
				becomes(t, c, streamsock.Idle, nil)
				peer.Write([]byte("after"))
				becomes(t, c, streamsock.Pending, nil)
				if n, err := c.Available(); n != 0 || err != nil {
					t.Errorf("Available: %d, %v: this is not the mark", n, err)
				}
				checkMark(t, c, true)
				peer.CloseWrite()
				becomes(t, c, streamsock.HalfClosed, nil)
				checkMark(t, c, true)
				takeRest(t, c, []byte("after"))
			}},
			{"at the mark, reset", func(t *testing.T, c, peer *streamsock.Conn) {
				put(t, peer, c, []byte("before"))
				urge(t, peer, c, "!")
				take(t, c, []byte("before"))
				abortConn(peer.TCPConn)
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
				readsTo(t, c, syscall.ECONNRESET)
			}},
			{"at the mark after CloseRead", func(t *testing.T, c, peer *streamsock.Conn) {
				put(t, peer, c, []byte("before"))
				urge(t, peer, c, "!after")
				take(t, c, []byte("before!afte"))
				c.CloseRead()
				peer.Write([]byte("more"))
				becomes(t, c, streamsock.Pending, nil)
				takeAcross(t, c, "more")
			}},
			{"inline", func(t *testing.T, c, peer *streamsock.Conn) {
				c.SetOOBInline(true)
				put(t, peer, c, []byte("before"))
				take(t, c, []byte("before"))
				becomes(t, c, streamsock.Idle, nil)
				peer.SendUrgent('!')
				becomes(t, c, streamsock.Pending, nil)
				checkMark(t, c, true)
				take(t, c, []byte("!"))
				becomes(t, c, streamsock.Idle, nil)
			}},
			{"less than ReceiveLowat", func(t *testing.T, c, peer *streamsock.Conn) {
				if err := sockopt.ReceiveLowat.Set(c, 10); err != nil {
					t.Fatal(err)
				}
				put(t, peer, c, []byte("few"))
				becomes(t, c, streamsock.Idle, nil)
				peer.Write([]byte("and more"))
				becomes(t, c, streamsock.Pending, nil)
			}},
		} {
			t.Run(network+"/"+tt.name, func(t *testing.T) {
				c, peer := pair(t, network)
				tt.test(t, c, peer)
			})
		}
	}
}

// checkMark checks the result of AtMark.
func checkMark(t testing.TB, c *streamsock.Conn, want bool) {
	t.Helper()
	if at, err := c.AtMark(); at != want || err != nil {
		t.Errorf("AtMark: %v, %v, want %v", at, err, want)
	}
}

// takeAcross reads until want has arrived, without regard to where reads stop.
func takeAcross(t testing.TB, c *streamsock.Conn, want string) {
	t.Helper()
	var got []byte
	for len(got) < len(want) {
		p := make([]byte, 100)
		n, err := promptly(t, func() (int, error) { return c.Read(p) })
		got = append(got, p[:n]...)
		if err != nil {
			break
		}
	}
	if string(got) != want {
		t.Errorf("received %q, want %q", got, want)
	}
}

// TestCheckFastOpen checks before there is a connection: the SYN is sent with
// the first data.
func TestCheckFastOpen(t *testing.T) {
	l := listenHere(t)
	address := l.Addr().String()
	dial := func() *streamsock.Conn {
		c, err := streamsock.Dial("tcp4", address, sockopt.FastOpenConnect.To(true), noCookie.To(true))
		if err != nil {
			t.Skipf("the system has no Fast Open: %v", err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	c, refused := dial(), dial()
	becomes(t, c, streamsock.Idle, nil)
	if _, err := c.Write([]byte("data")); err != nil {
		t.Fatal(err)
	}
	becomes(t, c, streamsock.Idle, nil)
	peer, err := l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	take(t, peer, []byte("data"))
	peer.CloseWrite()
	becomes(t, c, streamsock.HalfClosed, nil)

	l.Close()
	becomes(t, refused, streamsock.Idle, nil)
	refused.Write([]byte("data"))
	becomes(t, refused, streamsock.Closed, streamsock.ErrBroken)
	readsTo(t, refused, syscall.ECONNREFUSED)
}

// noCookie is TCP_FASTOPEN_NO_COOKIE: Fast Open with a server that is new.
var noCookie = sockopt.New("TCP_FASTOPEN_NO_COOKIE", syscall.IPPROTO_TCP, 34, sockopt.BoolCodec())

// TestCheckUnix checks a Unix socket, which has no TCP_INFO.
func TestCheckUnix(t *testing.T) {
	c, peer := unixPair(t)
	connBecomes(t, c, streamsock.Idle, nil)
	peer.Write([]byte("data"))
	connBecomes(t, c, streamsock.Pending, nil)
	peer.(*net.UnixConn).CloseWrite()
	connBecomes(t, c, streamsock.HalfClosed, nil)
	b := make([]byte, 10)
	if n, err := c.Read(b); string(b[:n]) != "data" || err != nil {
		t.Errorf("Read: %q, %v", b[:n], err)
	}
	c.Write([]byte("not read"))
	peer.Close()
	connBecomes(t, c, streamsock.Closed, streamsock.ErrBroken)
	if _, err := c.Read(b); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("Read: %v", err)
	}
	connBecomes(t, c, streamsock.Closed, io.EOF)
}

// TestCheckMultipath checks connections whose end is not that of their paths.
func TestCheckMultipath(t *testing.T) {
	t.Run("FIN", func(t *testing.T) {
		c, peer := multipathPair(t)
		becomes(t, c, streamsock.Idle, nil)
		put(t, peer, c, []byte("data"))
		becomes(t, c, streamsock.Pending, nil)
		peer.CloseWrite()
		becomes(t, c, streamsock.HalfClosed, nil)
		takeRest(t, c, []byte("data"))
		c.CloseWrite()
		becomes(t, c, streamsock.Closed, io.EOF)
	})
	t.Run("RST", func(t *testing.T) {
		c, peer := multipathPair(t)
		put(t, peer, c, []byte("data"))
		take(t, c, []byte("data"))
		if err := peer.Abort(); err != nil {
			t.Error(err)
		}
		becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
		readsTo(t, c, syscall.ECONNRESET)
	})
}

// multipathPair returns the two ends of a connection of multipath TCP.
func multipathPair(t *testing.T) (client, server *streamsock.Conn) {
	t.Helper()
	l := listen(t, &streamsock.ListenConfig{Multipath: true}, "tcp4")
	d := net.Dialer{}
	d.SetMultipathTCP(true)
	nc, err := d.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	server, err = l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	client = wrap(t, nc)
	if multipath, err := client.MultipathTCP(); !multipath {
		t.Skipf("no multipath TCP: %v", err)
	}
	return client, server
}

// TestCheckTimedOut has the system give a peer up that takes no data for a
// second.
func TestCheckTimedOut(t *testing.T) {
	c, _ := pair(t, "tcp4")
	if err := sockopt.UserTimeout.Set(c, time.Second); err != nil {
		t.Fatal(err)
	}
	for err := error(nil); err == nil; {
		_, err = c.TryWrite(make([]byte, 1<<20))
	}
	becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
	readsTo(t, c, syscall.ETIMEDOUT)
	becomes(t, c, streamsock.Closed, io.EOF)
}

// TestCloseGracefulDoubt ends the stream in ways that look like the peer's end,
// and are none.
func TestCloseGracefulDoubt(t *testing.T) {
	t.Run("after CloseRead", func(t *testing.T) {
		c, _ := pair(t, "tcp4")
		c.CloseRead()
		closing := begin(func() (int, error) { return 0, c.CloseGraceful(t.Context()) })
		if _, err := closing.end(t); err == nil {
			t.Error("no error, though the peer has not ended")
		}
		if err := c.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("it is not closed: %v", err)
		}
	})
	t.Run("after CloseRead, ended", func(t *testing.T) {
		c, peer := pair(t, "tcp4")
		c.CloseRead()
		peer.CloseWrite()
		becomes(t, c, streamsock.HalfClosed, nil)
		begin(func() (int, error) { return 0, c.CloseGraceful(t.Context()) }).ends(t, 0, nil)
	})
	t.Run("FIN, and then RST", func(t *testing.T) {
		c, peer := pair(t, "tcp4")
		peer.CloseWrite()
		becomes(t, c, streamsock.HalfClosed, nil)
		abortConn(peer.TCPConn)
		becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
		begin(func() (int, error) { return 0, c.CloseGraceful(t.Context()) }).ends(t, 0, streamsock.ErrBroken)
	})
	t.Run("past the urgent mark", func(t *testing.T) {
		c, peer := pair(t, "tcp4")
		urge(t, peer, c, "before!")
		peer.Write([]byte("after"))
		closing := begin(func() (int, error) { return 0, c.CloseGraceful(t.Context()) })
		peer.Send([]byte("again!"), streamsock.OOB)
		peer.Close()
		closing.ends(t, 0, nil)
	})
}

// TestCheckAllocs checks that Check does not allocate, whatever the result
// except an error.
func TestCheckAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	idle, peer := pair(t, "tcp4")
	put(t, idle, peer, []byte("data"))
	half, end := pair(t, "tcp4")
	end.CloseWrite()
	ended, end := pair(t, "tcp4")
	end.CloseWrite()
	ended.CloseWrite()
	becomes(t, ended, streamsock.Closed, io.EOF)
	for want, c := range map[streamsock.Liveness]*streamsock.Conn{
		streamsock.Idle: idle, streamsock.Pending: peer, streamsock.HalfClosed: half, streamsock.Closed: ended,
	} {
		becomes(t, c, want, func() error { _, err := c.Check(); return err }())
		if n := testing.AllocsPerRun(1000, func() { c.Check() }); n != 0 {
			t.Errorf("%v: %v allocations", want, n)
		}
		if n := testing.AllocsPerRun(1000, func() { streamsock.CheckConn(c) }); n != 0 {
			t.Errorf("%v: %v allocations of CheckConn", want, n)
		}
	}
}
