// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package messaging runs the clients of NATS and MQTT against real servers.
package messaging

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats.go"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// A Dialer is what nats.go takes.
var _ nats.CustomDialer = (*streamsock.Dialer)(nil)

func natsConnect(e *forms.Env, url string, opts ...nats.Option) (*nats.Conn, error) {
	opts = append(opts, nats.SetCustomDialer(e), nats.Timeout(time.Second))
	c, err := nats.Connect(url, opts...)
	if err == nil {
		e.T.Cleanup(c.Close)
	}
	return c, err
}

func TestNATS(t *testing.T) {
	address, withTLS := forms.Need(t, "ECOSYSTEM_NATS"), forms.Need(t, "ECOSYSTEM_NATS_TLS")
	forms.Compare(t, "github.com/nats-io/nats.go", func(e *forms.Env) {
		c, err := natsConnect(e, "nats://"+address)
		if err != nil {
			e.T.Fatal(err)
		}
		natsWork(e, c)
		_, err = natsConnect(e, "nats://"+forms.Refused(e.T))
		e.Err("refused", err)
		_, err = natsConnect(e, "nats://"+forms.Silent(e.T).Addr().String())
		e.Err("silent", err)
		for _, how := range forms.Breaks {
			natsReconnects(e, address, how)
		}
		c, err = natsConnect(e, "tls://"+withTLS, nats.Secure(&tls.Config{InsecureSkipVerify: true}))
		if err != nil {
			e.T.Fatal(err)
		}
		sub, err := c.SubscribeSync("large")
		e.Err("subscribe", err)
		e.Err("publish", c.Publish("large", make([]byte, 900<<10)))
		m, err := sub.NextMsg(5 * time.Second)
		e.Log("large %t %v", m != nil && len(m.Data) == 900<<10, err)
	})
}

// natsWork publishes, asks, and drains the connection.
func natsWork(e *forms.Env, c *nats.Conn) {
	const messages = 50_000
	var got, size atomic.Int64
	sub, err := c.Subscribe("s.*", func(m *nats.Msg) {
		size.Add(int64(len(m.Data)))
		got.Add(1)
	})
	if err != nil {
		e.T.Fatal(err)
	}
	sub.SetPendingLimits(-1, -1)
	c.Flush()
	for i := range messages {
		c.Publish(fmt.Sprint("s.", i%7), []byte(strings.Repeat("x", i%300)))
	}
	e.Until("all messages have arrived", func() bool { return got.Load() == messages })
	e.Log("messages %d", size.Load())
	_, err = c.Subscribe("request", func(m *nats.Msg) { m.Respond(append([]byte("re:"), m.Data...)) })
	e.Err("subscribe", err)
	m, err := c.Request("request", []byte("q"), 5*time.Second)
	if err != nil {
		e.T.Fatal(err)
	}
	e.Log("request %s", m.Data)
	_, err = c.Request("nobody", nil, 200*time.Millisecond)
	e.Err("no responder", err)
	e.Err("drain", c.Drain())
	e.Until("the connection is closed", c.IsClosed)
}

// natsReconnects breaks a connection, which the client makes again.
func natsReconnects(e *forms.Env, address, how string) {
	b := forms.NewBreaker(e.T, address)
	lost, again := make(chan error, 10), make(chan bool, 10)
	c, err := natsConnect(e, "nats://"+b.Addr(), nats.ReconnectWait(50*time.Millisecond), nats.ReconnectJitter(0, 0),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { lost <- err }),
		nats.ReconnectHandler(func(*nats.Conn) { again <- true }))
	if err != nil {
		e.T.Fatal(err)
	}
	sub, err := c.SubscribeSync("z")
	e.Err("subscribe", err)
	c.Flush()
	b.Break(how)
	e.Err("broken by "+how, <-lost)
	<-again
	e.Err("publish", c.Publish("z", []byte("hello")))
	m, err := sub.NextMsg(5 * time.Second)
	e.Log("message %t %v", m != nil, err)
}

func TestMQTT(t *testing.T) {
	address := forms.Need(t, "ECOSYSTEM_MQTT")
	forms.Compare(t, "github.com/eclipse/paho.mqtt.golang", func(e *forms.Env) {
		c, err := mqttConnect(e, address, "a", nil)
		if err != nil {
			e.T.Fatal(err)
		}
		const messages = 500
		var got, size atomic.Int64
		c.Subscribe("eco/#", 1, func(_ mqtt.Client, m mqtt.Message) {
			size.Add(int64(len(m.Payload())))
			got.Add(1)
		}).Wait()
		var all sync.WaitGroup
		for i := range messages {
			all.Go(func() {
				if token := c.Publish("eco/x", 1, false, strings.Repeat("m", i*10)); token.Wait() && token.Error() != nil {
					e.Err("publish", token.Error())
				}
			})
		}
		all.Wait()
		e.Until("all messages have arrived", func() bool { return got.Load() == messages })
		e.Log("messages %d", size.Load())
		c.Disconnect(100)
		_, err = mqttConnect(e, forms.Refused(e.T), "b", nil)
		e.Err("refused", err)
		for _, how := range forms.Breaks {
			b := forms.NewBreaker(e.T, address)
			lost := make(chan error, 5)
			c, err := mqttConnect(e, b.Addr(), "c", func(_ mqtt.Client, err error) { lost <- err })
			if err != nil {
				e.T.Fatal(err)
			}
			b.Break(how)
			e.Err("broken by "+how, <-lost)
			c.Disconnect(10)
		}
	})
}

func mqttConnect(e *forms.Env, address, id string, lost mqtt.ConnectionLostHandler) (mqtt.Client, error) {
	o := mqtt.NewClientOptions().AddBroker("tcp://" + address).SetClientID(id + string(e.Form))
	o.SetConnectTimeout(time.Second)
	o.SetCustomOpenConnectionFn(func(u *url.URL, o mqtt.ClientOptions) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(context.Background(), o.ConnectTimeout)
		defer cancel()
		return e.DialContext(ctx, "tcp", u.Host)
	})
	if lost != nil {
		o.SetAutoReconnect(false)
		o.SetConnectionLostHandler(lost)
	}
	c := mqtt.NewClient(o)
	token := c.Connect()
	token.WaitTimeout(5 * time.Second)
	return c, token.Error()
}
