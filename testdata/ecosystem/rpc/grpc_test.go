// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package rpc runs grpc-go.
package rpc

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// description is a service of bytes without generated code: method U answers at once, or
// slowly, and stream B sends each message twice.
var description = grpc.ServiceDesc{
	ServiceName: "ecosystem.Bytes", HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{MethodName: "U", Handler: unary}},
	Streams: []grpc.StreamDesc{{StreamName: "B", Handler: stream, ServerStreams: true, ClientStreams: true}},
}

const (
	methodU = "/ecosystem.Bytes/U"
	streamB = "/ecosystem.Bytes/B"
)

func unary(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	in := new(wrapperspb.BytesValue)
	if err := decode(in); err != nil {
		return nil, err
	}
	if string(in.Value) == "slow" {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Second):
		}
	}
	return wrapperspb.Bytes(append([]byte("re:"), in.Value...)), nil
}

func stream(_ any, s grpc.ServerStream) error {
	for {
		in := new(wrapperspb.BytesValue)
		switch err := s.RecvMsg(in); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		for range 2 {
			if err := s.SendMsg(in); err != nil {
				return err
			}
		}
	}
}

// serve serves connections of l until the server is stopped.
func serve(l net.Listener, opts ...grpc.ServerOption) (s *grpc.Server, done <-chan error) {
	s = grpc.NewServer(opts...)
	s.RegisterService(&description, struct{}{})
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	return s, served
}

// dial returns a client. Its hook is called with an address without a network.
func dial(e *forms.Env, address string, creds credentials.TransportCredentials, opts ...grpc.DialOption) *grpc.ClientConn {
	opts = append(opts, grpc.WithTransportCredentials(creds),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return e.DialContext(ctx, "tcp", address)
		}))
	c, err := grpc.NewClient("passthrough:///"+address, opts...)
	if err != nil {
		e.T.Fatal(err)
	}
	e.T.Cleanup(func() { c.Close() })
	return c
}

// call calls method U.
func call(ctx context.Context, c *grpc.ClientConn, text string, opts ...grpc.CallOption) (string, error) {
	out := new(wrapperspb.BytesValue)
	err := c.Invoke(ctx, methodU, wrapperspb.Bytes([]byte(text)), out, opts...)
	return string(out.Value), err
}

func TestGRPC(t *testing.T) {
	server, client := credentials.NewTLS(testnet.ServerTLS(t)), credentials.NewTLS(testnet.ClientTLS(t))
	forms.Compare(t, "google.golang.org/grpc", func(e *forms.Env) {
		work(e, insecure.NewCredentials())
		work(e, client, grpc.Creds(server))
	})
}

func work(e *forms.Env, creds credentials.TransportCredentials, opts ...grpc.ServerOption) {
	ctx := context.Background()
	l := e.Listen()
	s, done := serve(l, opts...)
	address := l.Addr().String()
	c := dial(e, address, creds)
	for range 200 {
		if got, err := call(ctx, c, "hi"); err != nil || got != "re:hi" {
			e.Err("call", err)
			break
		}
	}
	got, err := call(ctx, c, strings.Repeat("x", 3<<20))
	e.Log("large %d %v", len(got), err)
	doubles(e, c)
	tctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	_, err = call(tctx, c, "slow")
	cancel()
	e.Log("timeout: %v", status.Code(err)) // the text depends on the moment
	cctx, cancel := context.WithCancel(ctx)
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err = call(cctx, c, "slow")
	e.Log("cancel: %v", status.Code(err))
	_, err = call(ctx, dial(e, forms.Refused(e.T), creds), "hi")
	e.Err("refused", err)
	for _, how := range forms.Breaks {
		b := forms.NewBreaker(e.T, address)
		c := dial(e, b.Addr(), creds)
		call(ctx, c, "hi")
		time.AfterFunc(100*time.Millisecond, func() { b.Break(how) })
		_, err := call(ctx, c, "slow")
		e.Log("broken by %s: %v", how, status.Code(err))
		_, err = call(ctx, c, "hi", grpc.WaitForReady(true))
		e.Err("after that", err)
	}
	stop(e, c, s, done)
}

// doubles sends messages on a stream and receives each twice.
func doubles(e *forms.Env, c *grpc.ClientConn) {
	st, err := c.NewStream(context.Background(), &description.Streams[0], streamB)
	if err != nil {
		e.T.Fatal(err)
	}
	go func() {
		for i := range 3000 {
			if st.SendMsg(wrapperspb.Bytes([]byte(strings.Repeat(fmt.Sprint(i), 1000)))) != nil {
				return
			}
		}
		st.CloseSend()
	}()
	n, hash := 0, sha256.New()
	for {
		m := new(wrapperspb.BytesValue)
		if err := st.RecvMsg(m); err != nil {
			e.Err("end of the stream", err)
			break
		}
		n++
		hash.Write(m.Value)
	}
	e.Log("stream %d %x", n, hash.Sum(nil)[:6])
}

// stop stops a server gracefully while a stream is open.
func stop(e *forms.Env, c *grpc.ClientConn, s *grpc.Server, done <-chan error) {
	st, err := c.NewStream(context.Background(), &description.Streams[0], streamB)
	if err != nil {
		e.T.Fatal(err)
	}
	e.Err("send", st.SendMsg(wrapperspb.Bytes([]byte("a"))))
	e.Err("receive", st.RecvMsg(new(wrapperspb.BytesValue)))
	time.AfterFunc(100*time.Millisecond, func() { st.CloseSend() })
	go func() {
		for st.RecvMsg(new(wrapperspb.BytesValue)) == nil {
		}
	}()
	s.GracefulStop()
	e.Err("serve", <-done)
	_, err = call(context.Background(), c, "hi")
	e.Log("after that: unavailable %t", status.Code(err) == codes.Unavailable)
}
