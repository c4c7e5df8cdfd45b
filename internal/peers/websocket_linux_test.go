// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"golang.org/x/net/websocket"
)

// browserPatience is the time for a browser to start and to show a page.
const browserPatience = 60 * time.Second

// messageSizes has those around which the length takes more bytes (RFC 6455,
// section 5.2), and one that the browser sends in several frames.
var messageSizes = []int{0, 1, 125, 126, 65535, 65536, 1 << 20}

// TestWebSocket has golang.org/x/net/websocket on our listener and connections,
// with a browser and with itself as the client. The browser can reach only the
// server.
func TestWebSocket(t *testing.T) {
	browser := program(t, "chromium")
	if !insideNamespace(t) {
		return
	}
	s := serveEcho(t)
	t.Run("browser", func(t *testing.T) {
		browse(t, browser, fmt.Sprintf("http://%s/?%s", s.address, jsonList(messageSizes)))
		var want strings.Builder
		for _, size := range messageSizes {
			fmt.Fprintf(&want, "text %d same\nbinary %[1]d same\n", size)
		}
		want.WriteString("closed 1000 clean")
		select {
		case outcome := <-s.outcome:
			if outcome != want.String() {
				t.Errorf("the page says:\n%s\nwant:\n%s", outcome, &want)
			}
		case <-time.After(browserPatience):
			t.Fatal("the page says nothing")
		}
		s.await(t)
	})
	t.Run("NewClient", func(t *testing.T) {
		s.chat(t)
		s.await(t)
	})
}

func jsonList(list []int) string { return strings.ReplaceAll(fmt.Sprint(list), " ", ",") }

// browse starts a browser that shows a page until the test ends. It is the
// first process of a PID namespace: some of its processes leave its group, and
// all of them end with that one.
func browse(t *testing.T, browser, page string) {
	t.Helper()
	home := t.TempDir()
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	t.Cleanup(func() {
		if text, err := os.ReadFile(said.Name()); t.Failed() {
			t.Logf("the browser says %s, %v", text, err)
		}
	})
	cmd := exec.Command("/bin/sh", "-c", `mount --make-rprivate / && mount -t proc proc /proc && exec "$@"`, "sh",
		browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
		"--no-sandbox", // it has none for root
		"--user-data-dir="+home, page)
	cmd.Env = append(os.Environ(), "HOME="+home, "TMPDIR="+home)
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
	start(t, cmd)
	t.Cleanup(func() { cmd.Process.Kill() }) // it would not end by itself
}

// An echoServer serves a page, and the WebSocket that it wants.
type echoServer struct {
	t       *testing.T
	address string
	outcome chan string // the final text of the page
	echoed  chan int    // the bytes of all messages of a WebSocket, at its end
}

type connKey struct{}

func serveEcho(t *testing.T) *echoServer {
	t.Helper()
	l := listen(t)
	l.SetDeadline(time.Time{})
	s := &echoServer{t, l.Addr().String(), make(chan string, 1), make(chan int, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(sources, "websocket.html"))
	})
	mux.Handle("/echo", websocket.Handler(s.echo))
	mux.HandleFunc("POST /outcome", func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		s.outcome <- string(text)
	})
	server := http.Server{
		Handler:     mux,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-ended
	})
	return s
}

// echo sends back every message, and uses the underlying connection.
func (s *echoServer) echo(ws *websocket.Conn) {
	total := 0
	defer func() { s.echoed <- total }()
	defer ws.Close()
	c, ok := ws.Request().Context().Value(connKey{}).(*streamsock.Conn)
	if !ok || c.RemoteAddr().String() != ws.Request().RemoteAddr {
		s.t.Errorf("below the WebSocket of %s is %v", ws.Request().RemoteAddr, c)
		return
	}
	c.SetDeadline(time.Now().Add(browserPatience))
	if err := sockopt.UserTimeout.Set(c, time.Minute); err != nil {
		s.t.Error(err)
	}
	for {
		m, err := receive(ws)
		if err == io.EOF {
			break
		}
		if err == nil {
			total += len(m.payload)
			err = whole.Send(ws, m)
		}
		if err != nil {
			s.t.Errorf("after %d bytes: %v", total, err)
			return
		}
	}
	if d, err := sockopt.UserTimeout.Get(c); d != time.Minute || err != nil {
		s.t.Errorf("UserTimeout is %v, %v", d, err)
	}
	if info, err := c.Info(); err != nil || info.BytesReceived <= int64(total) || info.BytesSent <= int64(total) {
		s.t.Errorf("with %d bytes of messages each way, Info has %+v, %v", total, info, err)
	}
}

// A message is text or binary.
type message struct {
	kind    byte // as x/net has them: TextFrame or BinaryFrame
	payload []byte
}

// whole sends a message.
var whole = websocket.Codec{Marshal: func(v any) (payload []byte, kind byte, err error) {
	m := v.(message)
	return m.payload, m.kind, nil
}}

// await waits for the end of a WebSocket over which each message went.
func (s *echoServer) await(t *testing.T) {
	t.Helper()
	want := 0
	for _, size := range messageSizes {
		want += 2 * size
	}
	select {
	case got := <-s.echoed:
		if got != want {
			t.Errorf("the server got %d bytes, want %d", got, want)
		}
	case <-time.After(browserPatience):
		t.Fatal("the WebSocket does not end")
	}
}

// chat is a client of the server.
func (s *echoServer) chat(t *testing.T) {
	t.Helper()
	c := dial(t, s.address)
	config, err := websocket.NewConfig("ws://"+s.address+"/echo", "http://"+s.address)
	if err != nil {
		t.Fatal(err)
	}
	ws, err := websocket.NewClient(config, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range messageSizes {
		text := strings.Repeat("x", size)
		wantEcho(t, ws, text)
		wantEcho(t, ws, []byte(text))
		if alive, err := c.Check(); alive != streamsock.Idle || err != nil {
			t.Errorf("Check between two messages: %v, %v", alive, err)
		}
	}
	if err := ws.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if alive, err := c.Check(); alive != streamsock.Closed || !errors.Is(err, net.ErrClosed) {
		t.Errorf("Check after the WebSocket's Close: %v, %v", alive, err)
	}
}

// wantEcho sends a message and wants it back.
func wantEcho[T string | []byte](t *testing.T, ws *websocket.Conn, message T) {
	t.Helper()
	if err := websocket.Message.Send(ws, message); err != nil {
		t.Fatalf("%T of %d bytes: %v", message, len(message), err)
	}
	var got T
	if err := websocket.Message.Receive(ws, &got); string(got) != string(message) || err != nil {
		t.Fatalf("%T of %d bytes came back as %d, %v", message, len(message), len(got), err)
	}
}
