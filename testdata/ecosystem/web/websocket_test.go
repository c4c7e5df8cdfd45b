// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	proxyproto "github.com/pires/go-proxyproto"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// echoGorilla is a handler that sends messages back.
func echoGorilla(w http.ResponseWriter, r *http.Request) {
	up := gorilla.Upgrader{EnableCompression: true}
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	for {
		kind, p, err := c.ReadMessage()
		if err != nil || c.WriteMessage(kind, p) != nil {
			return
		}
	}
}

// exchangeGorilla sends messages, of which each second one is prepared, by net.Buffers.
func exchangeGorilla(e *forms.Env, c *gorilla.Conn, n int) {
	sum := 0
	for i := range n {
		p := bytes.Repeat([]byte{byte(i)}, i*100)
		var err error
		if i%2 == 0 {
			err = c.WriteMessage(gorilla.BinaryMessage, p)
		} else {
			var prepared *gorilla.PreparedMessage
			if prepared, err = gorilla.NewPreparedMessage(gorilla.BinaryMessage, p); err == nil {
				err = c.WritePreparedMessage(prepared)
			}
		}
		if err != nil {
			e.T.Fatal(err)
		}
		_, q, err := c.ReadMessage()
		if err != nil || !bytes.Equal(p, q) {
			e.Err("message", err)
			return
		}
		sum += len(q)
	}
	e.Log("messages %d", sum)
}

// serve serves a handler until the test ends, and returns its address.
func serve(e *forms.Env, h http.Handler) string {
	l := e.Listen()
	s := &http.Server{Handler: h, ErrorLog: noLog}
	go s.Serve(l)
	e.T.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// throughProxy returns a reverse proxy before a server.
func throughProxy(e *forms.Env, address string) http.Handler {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
	tr := &http.Transport{DialContext: e.DialContext}
	e.T.Cleanup(tr.CloseIdleConnections)
	proxy.Transport, proxy.ErrorLog = tr, noLog
	return proxy
}

func TestGorilla(t *testing.T) {
	forms.Compare(t, "github.com/gorilla/websocket", func(e *forms.Env) {
		server := serve(e, http.HandlerFunc(echoGorilla))
		for _, address := range []string{server, serve(e, throughProxy(e, server))} {
			d := gorilla.Dialer{NetDialContext: e.DialContext, EnableCompression: true}
			c, _, err := d.Dial("ws://"+address, nil)
			if err != nil {
				e.T.Fatal(err)
			}
			defer c.Close()
			exchangeGorilla(e, c, 300)
			if e.Form == forms.Conn {
				if under, err := sockopt.Unwrap(c.NetConn()); err != nil || address == server && under != e.Conns()[0].(*streamsock.Conn) {
					e.T.Errorf("under the websocket is %T, %v", under, err)
				}
			}
			c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			_, _, err = c.ReadMessage()
			e.Err("deadline", err)
		}
	})
}

func TestCoder(t *testing.T) {
	forms.Compare(t, "github.com/coder/websocket", func(e *forms.Env) {
		server := serve(e, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			c.SetReadLimit(-1)
			nc := websocket.NetConn(context.Background(), c, websocket.MessageBinary)
			defer nc.Close()
			io.Copy(nc, nc)
		}))
		for _, address := range []string{server, serve(e, throughProxy(e, server))} {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			tr := &http.Transport{DialContext: e.DialContext}
			defer tr.CloseIdleConnections()
			c, _, err := websocket.Dial(ctx, "ws://"+address, &websocket.DialOptions{HTTPClient: &http.Client{Transport: tr}})
			if err != nil {
				e.T.Fatal(err)
			}
			defer c.CloseNow()
			c.SetReadLimit(-1)
			sum := 0
			for i := range 300 {
				p := bytes.Repeat([]byte{byte(i)}, i*100+1)
				if err := c.Write(ctx, websocket.MessageBinary, p); err != nil {
					e.T.Fatal(err)
				}
				for got := 0; got < len(p); {
					_, q, err := c.Read(ctx)
					if err != nil {
						e.T.Fatal(err)
					}
					got += len(q)
					sum += len(q)
				}
			}
			e.Log("messages %d", sum)
			soon, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			_, _, err = c.Read(soon)
			cancel()
			e.Err("deadline", err)
		}
	})
}

// TestFronts has nginx and haproxy before a server: a websocket, and HTTP with the header
// of the PROXY protocol.
func TestFronts(t *testing.T) {
	base := forms.Need(t, "ECOSYSTEM_NGINX")
	front := forms.Need(t, "ECOSYSTEM_HAPROXY")
	forms.Compare(t, "nginx and haproxy before net/http", func(e *forms.Env) {
		m := handlers()
		m.HandleFunc("/ws", echoGorilla)
		m.HandleFunc("/address", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, strings.Split(r.RemoteAddr, ":")[0]) })
		s := &http.Server{Handler: m, ErrorLog: noLog}
		defer s.Close()
		go s.Serve(e.ListenAt(forms.Need(t, "ECOSYSTEM_BEHIND_NGINX")))
		go s.Serve(&proxyproto.Listener{Listener: e.ListenAt(forms.Need(t, "ECOSYSTEM_BEHIND_HAPROXY"))})
		d := gorilla.Dialer{NetDialContext: e.DialContext, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		c, _, err := d.Dial("wss"+strings.TrimPrefix(base, "https")+"/up/ws", nil)
		if err != nil {
			e.T.Fatal(err)
		}
		exchangeGorilla(e, c, 200)
		c.Close()
		tr := &http.Transport{DialContext: e.DialContext}
		defer tr.CloseIdleConnections()
		for range 3 {
			address, _, err := get(&http.Client{Transport: tr}, "http://"+front+"/address")
			e.Log("address %s %v", address, err)
			body, _, err := get(&http.Client{Transport: tr}, "http://"+front+"/file")
			e.Log("file %d %v", len(body), err)
		}
	})
}

// listenWith listens with a congestion control for the connections.
func listenWith(algorithm string) (*streamsock.Listener, error) {
	lc := streamsock.ListenConfig{ConnOptions: []sockopt.Setting{sockopt.Congestion.To(algorithm)}}
	return lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
}
