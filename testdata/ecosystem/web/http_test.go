// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package web runs HTTP servers, clients and websockets.
package web

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// largeFile is the name of a file of 16 MiB.
var largeFile string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "ecosystem")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	p := make([]byte, 16<<20)
	for i := range p {
		p[i] = byte(i*7 + i>>9)
	}
	largeFile = filepath.Join(folder, "large")
	if err := os.WriteFile(largeFile, p, 0o644); err != nil {
		log.Fatal(err)
	}
	return m.Run()
}

var noLog = log.New(io.Discard, "", 0)

// handlers returns what a server serves.
func handlers() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, largeFile) })
	m.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	m.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusRequestEntityTooLarge) })
	m.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	})
	m.HandleFunc("/abort", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	m.HandleFunc("/hijack", func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		defer c.Close()
		fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
		rw.Flush()
		io.Copy(c, rw)
	})
	return m
}

// get returns the body of an answer.
func get(c *http.Client, url string) (body []byte, r *http.Response, err error) {
	r, err = c.Get(url)
	if err != nil {
		return nil, nil, err
	}
	defer r.Body.Close()
	body, err = io.ReadAll(r.Body)
	return body, r, err
}

// requests makes requests of all kinds.
func requests(e *forms.Env, base string, transport http.RoundTripper) {
	c := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	body, r, err := get(c, base+"/file")
	if err != nil {
		e.T.Fatal(err)
	}
	e.Log("file %d %x %s", len(body), sha256.Sum256(body), r.Proto)
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			want := strings.Repeat(fmt.Sprint(i), 20000)
			r, err := c.Post(base+"/echo", "text/plain", strings.NewReader(want))
			if err != nil {
				e.Err("echo", err)
				return
			}
			defer r.Body.Close()
			if got, err := io.ReadAll(r.Body); err != nil || string(got) != want {
				e.Err("echo", err)
			}
		})
	}
	all.Wait()
	request := func(ctx context.Context, path, ranges string) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, "GET", base+path, nil)
		if err != nil {
			return nil, err
		}
		if ranges != "" {
			req.Header.Set("Range", ranges)
		}
		r, err := c.Do(req)
		if err != nil {
			return nil, err
		}
		defer r.Body.Close()
		return io.ReadAll(r.Body)
	}
	body, err = request(context.Background(), "/file", "bytes=100000-8100000")
	e.Log("range %d %x %v", len(body), sha256.Sum256(body), err)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	_, err = request(ctx, "/slow", "")
	cancel()
	e.Err("timeout", err)
	ctx, cancel = context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err = request(ctx, "/slow", "")
	e.Err("cancel", err)
	r, err = c.Post(base+"/early", "text/plain", bytes.NewReader(make([]byte, 3<<20)))
	if err == nil {
		r.Body.Close()
	}
	e.Log("early: %t", err != nil || r.StatusCode == http.StatusRequestEntityTooLarge)
	body, _, err = get(c, base+"/abort")
	e.Log("abort %q", body)
	e.Err("abort", err)
}

// protocols are those that net/http and golang.org/x/net/http2 have.
var protocols = map[string]string{
	"http1":  "net/http",
	"https1": "net/http, TLS",
	"http2":  "net/http, HTTP/2",
	"h2c":    "net/http, HTTP/2 without TLS",
	"xhttp2": "golang.org/x/net/http2",
}

func TestHTTP(t *testing.T) {
	for protocol, library := range protocols {
		t.Run(protocol, func(t *testing.T) {
			server, client := testnet.ServerTLS(t), testnet.ClientTLS(t)
			forms.Compare(t, library, func(e *forms.Env) {
				l := e.Listen()
				s := &http.Server{Handler: handlers(), ErrorLog: noLog}
				tr := &http.Transport{DialContext: e.DialContext, TLSClientConfig: client.Clone()}
				var transport http.RoundTripper = tr
				idle := tr.CloseIdleConnections
				scheme := "http://"
				switch protocol {
				case "https1", "http2", "xhttp2":
					scheme = "https://"
					s.TLSConfig = server.Clone()
					tr.ForceAttemptHTTP2 = protocol != "https1"
				case "h2c":
					s.Protocols = new(http.Protocols)
					s.Protocols.SetUnencryptedHTTP2(true)
					tr.Protocols = s.Protocols
				}
				switch protocol {
				case "https1":
					s.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
				case "xhttp2":
					http2.ConfigureServer(s, nil)
					x := &http2.Transport{TLSClientConfig: client.Clone(), DialTLSContext: func(ctx context.Context, network, address string, config *tls.Config) (net.Conn, error) {
						c, err := e.DialContext(ctx, network, address)
						if err != nil {
							return nil, err
						}
						tc := tls.Client(c, config)
						return tc, tc.HandshakeContext(ctx)
					}}
					transport, idle = x, x.CloseIdleConnections
				}
				done := make(chan error, 1)
				go func() {
					if s.TLSConfig != nil {
						done <- s.ServeTLS(l, "", "")
					} else {
						done <- s.Serve(l)
					}
				}()
				requests(e, scheme+l.Addr().String(), transport)
				if protocol == "http1" {
					hijack(e, l.Addr().String())
					breaks(e, tr, l.Addr().String())
				}
				idle()
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				e.Err("shutdown", s.Shutdown(ctx))
				e.Err("serve", <-done)
			})
		})
	}
}

// hijack uses another protocol with a handler, to its half-close.
func hijack(e *forms.Env, address string) {
	c, err := e.Dial("tcp", address)
	if err != nil {
		e.T.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET /hijack HTTP/1.1\r\nHost: x\r\n\r\nfirst")
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	e.Log("hijack %t %v", resp != nil && resp.StatusCode == http.StatusSwitchingProtocols, err)
	io.WriteString(c, "second")
	c.(interface{ CloseWrite() error }).CloseWrite()
	rest, err := io.ReadAll(r)
	e.Log("hijacked %q %v", rest, err)
}

// breaks has connections fail in all ways.
func breaks(e *forms.Env, tr *http.Transport, address string) {
	c := &http.Client{Transport: tr}
	_, _, err := get(c, "http://"+forms.Refused(e.T)+"/")
	e.Err("refused", err)
	for _, how := range forms.Breaks {
		b := forms.NewBreaker(e.T, address)
		b.BreakAfter(1<<20, how)
		_, _, err := get(c, "http://"+b.Addr()+"/file")
		e.Err("broken in an answer by "+how, err)
		b.BreakAfter(0, how)
		_, _, err = get(c, "http://"+b.Addr()+"/early")
		e.Err("after that", err)
		b.Break(how)
		time.Sleep(50 * time.Millisecond)
		_, _, err = get(c, "http://"+b.Addr()+"/early")
		e.Err("after a break while idle", err)
	}
}

// TestNginx downloads from nginx by HTTP/1.1 and HTTP/2.
func TestNginx(t *testing.T) {
	base := forms.Need(t, "ECOSYSTEM_NGINX")
	forms.Compare(t, "net/http and nginx", func(e *forms.Env) {
		for _, second := range []bool{false, true} {
			tr := &http.Transport{DialContext: e.DialContext, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: second}
			c := &http.Client{Transport: tr}
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					if body, _, err := get(c, base+"/large"); len(body) != 8<<20 || err != nil {
						e.Log("%d bytes, %v", len(body), err)
					}
				})
			}
			all.Wait()
			_, r, err := get(c, base+"/large")
			if err != nil {
				e.T.Fatal(err)
			}
			e.Log("%s", r.Proto)
			tr.CloseIdleConnections()
		}
	})
}

// TestConnOption checks that an option that no connection can have fails in
// Listen, and not at the first client, which would end http.Serve.
func TestConnOption(t *testing.T) {
	if l, err := listenWith("nosuch"); l != nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, %v", l, err)
	}
}
