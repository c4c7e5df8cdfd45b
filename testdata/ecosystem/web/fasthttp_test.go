// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package web

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

func TestFastHTTP(t *testing.T) {
	server, client := testnet.ServerTLS(t), testnet.ClientTLS(t)
	forms.Compare(t, "github.com/valyala/fasthttp", func(e *forms.Env) {
		fastHTTP(e, nil, nil)
		fastHTTP(e, server, client)
	})
}

// fastHandler serves a file, a slow answer, a hijacked connection and the body itself.
func fastHandler(c *fasthttp.RequestCtx) {
	switch string(c.Path()) {
	case "/file":
		fasthttp.ServeFile(c, largeFile)
	case "/slow":
		time.Sleep(500 * time.Millisecond)
	case "/hijack":
		c.HijackSetNoResponse(true)
		c.Hijack(func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 101 X\r\n\r\n")
			io.Copy(c, c)
		})
	default:
		c.SetBody(c.PostBody())
	}
}

func fastHTTP(e *forms.Env, server, client *tls.Config) {
	l := e.Listen()
	address, scheme := l.Addr().String(), "http://"
	if server != nil {
		l, scheme = tls.NewListener(l, server), "https://"
	}
	s := &fasthttp.Server{
		Handler: fastHandler, Logger: noLog, ReadTimeout: 5 * time.Second, IdleTimeout: 5 * time.Second,
		TCPKeepalive: true, TCPKeepalivePeriod: 13 * time.Second, MaxRequestBodySize: 10 << 20,
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	c := &fasthttp.Client{
		Dial:      func(address string) (net.Conn, error) { return e.Dial("tcp", address) },
		TLSConfig: client, MaxIdleConnDuration: time.Second, MaxConnsPerHost: 20, MaxResponseBodySize: 32 << 20,
	}
	code, body, err := c.Get(nil, scheme+address+"/file")
	e.Log("file %d %d %x %v", code, len(body), sha256.Sum256(body), err)
	for i := range 500 {
		req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		req.SetRequestURI(scheme + address + "/")
		req.Header.SetMethod("POST")
		want := strings.Repeat("b", i*37)
		req.SetBodyString(want)
		if err := c.Do(req, res); err != nil || string(res.Body()) != want {
			e.Err("post", err)
			break
		}
		fasthttp.ReleaseRequest(req)
		fasthttp.ReleaseResponse(res)
	}
	_, _, err = c.GetTimeout(nil, scheme+address+"/slow", 50*time.Millisecond)
	e.Err("timeout", err)
	_, _, err = c.Get(nil, scheme+forms.Refused(e.T)+"/")
	e.Err("refused", err)
	for _, how := range forms.Breaks {
		b := forms.NewBreaker(e.T, address)
		b.BreakAfter(1<<20, how)
		_, _, err := c.Get(nil, scheme+b.Addr()+"/file")
		e.Err("broken in an answer by "+how, err)
	}
	if server == nil {
		fastHijack(e, address)
	}
	c.CloseIdleConnections()
	e.Err("shutdown", s.Shutdown())
	e.Err("serve", <-done)
}

// fastHijack uses another protocol with a handler.
func fastHijack(e *forms.Env, address string) {
	c, err := e.Dial("tcp", address)
	if err != nil {
		e.T.Fatal(err)
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, "GET /hijack HTTP/1.1\r\nHost: x\r\n\r\n")
	r := bufio.NewReader(c)
	for _, send := range []string{"", "", "ping\n"} {
		io.WriteString(c, send)
		line, err := r.ReadString('\n')
		e.Log("hijack %q %v", line, err)
	}
}
